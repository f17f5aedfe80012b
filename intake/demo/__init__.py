"""The demo organization: an invented company and two months of its chats, orders, refunds and reviews."""
