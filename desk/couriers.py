"""What a courier's event says, by the words couriers use (SQL conditions over a column `event`)."""

_DELIVERED = "签收|簽收|妥投|已送达|已送達|delivered|giao hàng thành công"
_NOT_DELIVERED = "未签收|未簽收|拒绝签收|拒絕簽收|签收失败|undelivered|not delivered|delivery failed"
_EXCEPTION = (
    "异常|異常|拒收|拒签|拒簽|拒绝|拒絕|破损|破損|丢失|遗失|遺失|退回|退件|滞留|滯留|无法|無法|失败|失敗|延误|延誤"
    "|exception|failed|lost|damage|refused|return|undeliver|delay"
)

IS_DELIVERED = f"(event ~* '{_DELIVERED}' AND event !~* '{_NOT_DELIVERED}|{_EXCEPTION}')"
IS_EXCEPTION = f"(event ~* '{_NOT_DELIVERED}|{_EXCEPTION}')"
