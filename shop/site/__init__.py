"""The town's written rules: trade, privacy, after the sale, joining; in versions that are shown before they count."""
