"""An independent, literal, slow computation of the product's figures, and nasty stores to run it on.

`metrics.compute` works out owners, sessions, rounds, inquiries and the agent-day rows of one store with plain
loops, from the written definitions alone; the product does the same in SQL. Both are run on the same
`random_store`, brought in through `csv_files`, and compared cell by cell: where they differ, one is wrong or
the definition has a gap. Nothing here imports the product.

Where the definitions leave a choice, the most literal reading was taken:

Chat
 1. A platform's exported session counts with its buyer_messages and agent_messages as `in` messages and human
    replies of the business day of its start (in_messages, human_replies, consulting and unanswered buyers);
    only response figures stay unknown. It stands aside if its seat has any message, an automatic one too, on
    the business day of its start, even if the chat with that very buyer was on another.
 2. An exported session has no first message, so it is never agent-opened; its words have no times, so they do
    not count in "the buyer wrote nothing in the 24 h before", in the chase, or as a reply while on line.
 3. A blank employee id does not differ from any other. Where one name goes with several ids, the agent is
    written `name (id)`.
 4. A session that crosses the business day is not cut; its messages count on their own days, by the seat's
    holder of that day, the session on its start's.
Ownership
 5. An unknown created_at lands on nobody, knows no chaser, and fails `paid_at − created_at ≤ 7 days`.
 6. A flag on a seat that nobody held is not honoured. A flag_agent with flag 0 is no flag. Flags are judged
    on sales only. The session shown for a flag that holds is its holder's latest, ties as for lander.
 7. A chase from an unassigned seat is passed over before the latest is chosen, so an earlier one of a person
    may win. The session of a chaser's order is None.
 8. `rounds`: the most rounds among covering and ended sessions alike; ties by latest end, start, seat name.
 9. `unassigned` is among the assists (it is an agent of the store, if no person). Assists of silent and of
    flag-excluded orders are kept; they follow the judgement rule in force.
10. A closed order paid 0 or blank is never paid in the after-sale test either: only its creation counts.
    A live order paid 0 is a sale of 0.
    Our remark's flag and the person it names stand over the platform's each by itself (21), and a ruling comes
    before everything on sales only (22); a ruling to nobody leaves the order in the store's silent sum.
Sales and refunds
11. Deductions follow the version of the order's own day of payment. deduct_refunds takes the known amount of
    every completed refund, whenever completed; nothing is cut off at 0.
12. A real refund replaces the reported one whatever its status; an exchange or repair is no refund and does
    not.
13. `refunds_without_amount` counts refunds, not orders. Unknown items of an order count as 0.
14. sales_share is rounded half away from zero; the store's takes in what `unassigned` owns. It is None over a
    store total of 0.
Conversion
15. An order owned by `unassigned` converts the store's inquiry, and `unassigned`'s own.
16. A sale the platform took back within cancel_days does not count as paid for the unconverted buyers.
17. An unconverted buyer's chat is the agent's inquiry sessions of that day; last words are the last message
    of either side; "created but unpaid" is an order created from the inquiry's start within the final limit.
18. Rows: those with one figure of the export that is not zero; an assist alone makes none. `maturity` is None
    unless the caller says what time it is; a window of part days is rounded up in it.
19. A what-if replaces the judgement in every version; all else is still that of the version of the day.
Satisfaction
20. A rating that names a known session lies on that session's day and seat, whatever else its line says; an
    exported session that stands aside (1) is rated all the same.
"""
