"""Facts about posts, announced inside the action's transaction, for whoever holds work that hangs from them."""

from django.dispatch import Signal

# post: Assignment (with its `until`), by, now. The person no longer holds it from `until` on.
post_ended = Signal()

# post: the old Assignment, successor_post: the new one, by, now. Sent after post_ended of the same post.
post_handed_over = Signal()

# unit, by, now. Sent before the transaction ends: a receiver that knows of open work raises ValidationError.
unit_retired = Signal()
