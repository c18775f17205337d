"""The faces of orders: basket and checkout, a member's own orders, the vendor's wanted goods, the bench."""
