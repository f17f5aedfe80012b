"""Who held a seat on a business day, in SQL."""


def holder_of(seat: str, day: str) -> str:
    """SQL of the agent who held a seat on a business day, 0 for nobody."""
    return (
        "coalesce((SELECT a.agent_id FROM team_seatassignment a"
        f" WHERE a.seat_id = {seat} AND a.since <= {day} AND (a.until IS NULL OR a.until >= {day})), 0)"
    )
