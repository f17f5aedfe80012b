"""Dialogue in English as sellers and buyers on Shopee Malaysia write it."""
# One script per line, however long: a dialogue reads better whole.
# ruff: noqa: E501

from intake.demo.scripts import script

ENGLISH = (
    script("hello", "open", "<Hi|Hello boss|Hi seller|Hi, anyone there?", ">Hi dear, how can I help you?|Hello! What can I do for you?|Hi there, thanks for your message :)"),
    script("direct", "open", "<Is the {short} still available?|Hi, {title} ready stock?|How much for {short}?", ">Yes dear, ready stock|Hi, it is RM{price} now with the shop voucher|Yes, {color} is available"),
    script("size", "topic", "<Can do {w}m x {h}m?|My wall is {w} x {h} metres, can custom?|Custom size possible?", ">Yes, {w} x {h} m will be RM{deal}|Can dear, we print it in one piece|Sure, please put the size in the order note", "<How many days?|Ok noted", ">Around {days} working days after you confirm the artwork"),
    script("artwork", "topic", "<Can I use my own photo?|Can you remove the words?", ">Sure, send us the original photo please|Yes, design change is free", "<[image]|Will send later", ">Resolution is good, can print dear"),
    script("material", "topic", "<What material?|Is it waterproof?|Will the colour fade?", ">Non-woven fabric, no smell|Canvas with water resistant coating dear|Colour lasts for years indoors", "<Ok"),
    script("paste", "topic", "<Is it easy to paste myself?|Got glue included?", ">Yes, glue and tools are included|We have a video guide, two persons can do it in 30 min"),
    script("price", "topic", "<Can cheaper?|Any discount for 2?|Last price boss", ">Sorry dear, already promo price|Claim the RM5 voucher in our shop page|Buy 2 get 5% off", "<Ok lah|Still expensive", ">Quality is worth it dear :)"),
    script("ship", "topic", "<When will you ship?|How long to {city}?|Urgent, can ship today?", ">We ship within 24 hours|About {days} days to {city}|Order before 3pm, ship today", "<Great|Please hurry"),
    script("freight", "topic", "<Free shipping?|How much postage to Sabah?", ">Free shipping with voucher above RM40|East Malaysia is RM12 extra dear"),
    script("real", "topic", "<Is it original?|Genuine or copy?", ">It is our own brand dear, with 15 days return guarantee|All items are from our own factory"),
    script("invoice", "topic", "<Can issue invoice?|Need receipt for company claim", ">Yes dear, please provide the company name, we email the e-invoice", "<Ok will send", ">Noted, thanks"),
    script("photo", "topic", "<Got real photo?|Can see the actual colour?", ">[image] this is the real photo dear|Please see the reviews, many buyer photos", "<Nice|Looks ok"),
    script("install", "topic", "<Do you provide installation?|Need drill?", ">No drilling needed dear|Installation is not included, but very easy"),
    script("deal", "close_deal", "<Ok ordered|I just placed the order|Bought, please check", "!", ">Received, thank you dear!|Thanks! We will pack it soon"),
    script("deal_note", "close_deal", "<Ordered, {color} please", "!", ">Noted {color}, thank you", "<Thanks"),
    script("deal_fast", "close_deal", "<Order placed, ship fast ya", "!", ">Will ship as soon as possible dear"),
    script("lost", "close_lost", "<Let me think first|Too expensive|Maybe next time", ">No problem, message us any time|Ok dear, you can add to cart first"),
    script("lost_quiet", "close_lost", "<I see", ">Anything else I can help with?"),
    script("nudge", "nudge", "<?|Hello?|Still there?"),
    script("later", "close_later", "<Ok I order tonight|Add to cart first ya|Let me ask my wife", ">Sure dear, promo until tonight|No problem, take your time"),
    script("courtesy", "courtesy", ">You are welcome dear|Ok dear, thank you!|Noted, have a nice day|Message us any time ya"),
    script("unpaid", "close_unpaid", "<Order first, pay tonight", "!", ">Ok dear, please pay within 24 hours"),
    script("where", "after", "<Where is my parcel?|Not received yet", ">Tracking {tracking}, it is in transit|Let me check... out for delivery today", "<Already {days} days|Ok thanks", ">Sorry for the wait, we followed up with the courier"),
    script("damaged", "after", "<Item damaged|Print is blurry|Wrong size received", ">So sorry dear, please send a photo|Sorry about that, may I see a picture?", "<[image]", ">We can refund RM{comp} or send a new one", "<Send new one|Refund please"),
    script("return", "after", "<I want to return|How to refund?", ">May I know the reason dear?|Please submit the return request in the app", "<Wrong size|Changed my mind", ">Ok, we will approve it today"),
    script("cancel", "after", "<Please cancel my order|Bought the wrong one", ">Ok dear, please request cancel, we approve|It is already packed, sorry dear"),
    script("thanks", "after", "<Received, very nice!|Good quality, thanks", ">Thank you! A 5-star review would help us a lot|Glad you like it!"),
    script("visit", "visit", ">Hi dear, did you receive the {short}? Is everything ok?|Hi, new designs are up with a voucher for regular customers", "<Yes very nice|Not yet|Ok"),
    script("chase", "chase", ">Hi dear, your order is still unpaid, need any help?|Stock is running low, please pay soon so we can ship today", "<Oh forgot, will pay now|Ok paying"),
    script("handover", "handover", ">Let me transfer you to our specialist dear", "<Ok", ">Hi, this is {agent}, I will help you from here"),
    script("night", "night", "<Is {short} available?|Can change my address?|Hello?"),
    script("morning", "morning", ">Good morning dear, sorry for the wait, still looking for the {short}?|Morning! The {short} is ready stock dear", "<Yes|Hi, yes"),
    script("counterfeit_bad", "rare", "<Is this original or AAA?", ">It is AAA copy dear, same as original", "<Hmm"),
    script("impolite", "rare", "<Why so slow reply", ">If you don't want to buy then don't ask, so annoying", "<So rude"),
    script("sf_promise", "rare", "<Must arrive by Friday", ">Guaranteed to arrive by Friday dear", "<Ok thanks"),
)  # fmt: skip
