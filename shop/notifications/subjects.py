"""What mails are called in each language; templates without a subject never go by mail."""

from collections.abc import Mapping

from shop.kernel.languages import Language

HANS, HANT, EN = Language.HANS, Language.HANT, Language.EN

SUBJECTS: Mapping[str, Mapping[Language, str]] = {
    "order_placed": {
        HANS: "订单 {code} 收到了",
        HANT: "訂單 {code} 收到了",
        EN: "Order {code}: received",
    },
    "order_agreed": {
        HANS: "订单 {code} 收到了，交货时付",
        HANT: "訂單 {code} 收到了，交貨時付",
        EN: "Order {code}: received, to pay on handing over",
    },
    "order_paid": {
        HANS: "订单 {code} 已付",
        HANT: "訂單 {code} 已付",
        EN: "Order {code}: paid",
    },
    "order_lies": {
        HANS: "订单 {code} 已付，在柜台拿",
        HANT: "訂單 {code} 已付，在櫃台拿",
        EN: "Order {code}: paid, at the counter",
    },
    "order_cancelled": {
        HANS: "订单 {code} 取消了",
        HANT: "訂單 {code} 取消了",
        EN: "Order {code}: cancelled",
    },
    "order_readdressed": {
        HANS: "订单 {code} 改了收货人",
        HANT: "訂單 {code} 改了收貨人",
        EN: "Order {code}: recipient changed",
    },
    "order_refunded": {
        HANS: "订单 {code} 退款",
        HANT: "訂單 {code} 退款",
        EN: "Order {code}: paid back",
    },
    "order_short": {
        HANS: "订单 {code} 有货不够",
        HANT: "訂單 {code} 有貨不夠",
        EN: "Order {code}: something is short",
    },
    "order_rejected": {
        HANS: "订单 {code} 有货没收下",
        HANT: "訂單 {code} 有貨沒收下",
        EN: "Order {code}: something was not accepted",
    },
    "collection_ready": {
        HANS: "订单 {code} 可以来取了",
        HANT: "訂單 {code} 可以來取了",
        EN: "Order {code}: ready to collect",
    },
    "parcel_sent": {
        HANS: "订单 {code} 发出了",
        HANT: "訂單 {code} 發出了",
        EN: "Order {code}: sent",
    },
    "parcel_delivered": {
        HANS: "订单 {code} 送到了",
        HANT: "訂單 {code} 送到了",
        EN: "Order {code}: delivered",
    },
    "parcel_returned": {
        HANS: "订单 {code} 退回来了",
        HANT: "訂單 {code} 退回來了",
        EN: "Order {code}: came back",
    },
    "return_decided": {
        HANS: "订单 {code} 退回的包裹，中心看过了",
        HANT: "訂單 {code} 退回的包裹，中心看過了",
        EN: "Order {code}: the returned parcel was looked at",
    },
    "lot_recalled": {
        HANS: "订单 {code} 有货召回",
        HANT: "訂單 {code} 有貨召回",
        EN: "Order {code}: something is recalled",
    },
    "order_recalled": {
        HANS: "订单 {code} 有货召回，没有寄",
        HANT: "訂單 {code} 有貨召回，沒有寄",
        EN: "Order {code}: something was recalled and not sent",
    },
    "late_payment_refunded": {
        HANS: "订单 {code} 迟到的钱退了",
        HANT: "訂單 {code} 遲到的錢退了",
        EN: "Order {code}: late payment paid back",
    },
    "invoice_accepted": {
        HANS: "订单 {code} 的发票，看过了",
        HANT: "訂單 {code} 的發票，看過了",
        EN: "Order {code}: the invoice is being made",
    },
    "invoice_fixing": {
        HANS: "订单 {code} 的发票要改",
        HANT: "訂單 {code} 的發票要改",
        EN: "Order {code}: the invoice needs a correction",
    },
    "invoice_rejected": {
        HANS: "订单 {code} 的发票开不了",
        HANT: "訂單 {code} 的發票開不了",
        EN: "Order {code}: no invoice can be issued",
    },
    "invoice_available": {
        HANS: "订单 {code} 的发票开好了",
        HANT: "訂單 {code} 的發票開好了",
        EN: "Order {code}: the invoice is ready",
    },
    "invoice_sent": {
        HANS: "订单 {code} 的发票寄出了",
        HANT: "訂單 {code} 的發票寄出了",
        EN: "Order {code}: the invoice was sent",
    },
    "invoice_returned": {
        HANS: "订单 {code} 的发票在柜台",
        HANT: "訂單 {code} 的發票在櫃台",
        EN: "Order {code}: the invoice waits at the counter",
    },
    "invoice_red": {
        HANS: "订单 {code} 的发票冲红了",
        HANT: "訂單 {code} 的發票沖紅了",
        EN: "Order {code}: a red-letter invoice was issued",
    },
    "wish_answered": {
        HANS: "订单 {code} 的取消，回了话",
        HANT: "訂單 {code} 的取消，回了話",
        EN: "Order {code}: about cancelling it",
    },
    "claim_answered": {
        HANS: "订单 {code} 的售后，回了话",
        HANT: "訂單 {code} 的售後，回了話",
        EN: "Order {code}: about what went wrong",
    },
}
