"""Tables in this product's own headers, for whatever a platform's exports do not cover."""

from stores.platforms.neutral.messages import MESSAGES
from stores.platforms.neutral.tables import FORMATS as OTHER_FORMATS

FORMATS = (MESSAGES, *OTHER_FORMATS)
