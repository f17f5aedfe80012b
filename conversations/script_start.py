"""Scripts an organization may start with: greetings, chasing, receipt, and the safe wordings of R11, R12 and R13.

Written in Simplified Chinese and English; Traditional Chinese is the Simplified in Taiwan's characters and words.
"""

from django.db import transaction
from opencc import OpenCC

from conversations.script_models import Script
from conversations.scripts import folder_named, save_script

# (folder, situation, title, text)
CHINESE = (
    ("接待", "售前", "欢迎语", "您好，欢迎光临{store}，我是客服{agent}，请问有什么可以帮您的？"),
    ("接待", "售前", "稍等安抚", "亲，您的问题我收到了，正在为您核实，请稍等一下，马上回复您。"),
    ("接待", "售前", "尺寸确认", "亲，请把宽和高按“宽×高”（单位：米）发给我，我帮您核对一遍再下单，避免做错尺寸哦。"),
    ("接待", "售前", "议价说明", "亲，我们的价格都是核算过的实价，暂时没有议价空间。您有意向的话，我帮您向主管申请，看看能否多送一份小礼物。"),
    ("催付", "售前", "催付提醒", "亲，您拍下的订单{order}还没有付款，今天截单前付款当天就可以安排发货哦。付款时遇到问题随时告诉我。"),
    ("催付", "售前", "未付款询问", "亲，看到您拍下了订单{order}还没付款，是对商品还有疑问吗？我可以再帮您介绍一下；如果是重复拍下的，我帮您关闭。"),
    ("订单", "售后", "核对收货信息", "亲，订单已付款成功，麻烦您在订单里核对一下收件人、电话和地址是否正确；需要修改请在发货前告诉我。"),
    ("订单", "售后", "发货通知", "亲，您的订单{order}已由{courier}发出，运单号{tracking_no}，收件时请先检查外包装再签收。"),
    ("订单", "售后", "提醒确认收货", "亲，物流显示包裹已签收，收到的商品还满意吗？没有问题的话麻烦您确认收货；有任何问题先联系我，我们一定负责处理。"),
    ("售后", "售后", "七天无理由", "亲，商品支持七天无理由退货，请保持商品完好、配件齐全；无质量问题的退货运费由买家承担。您在订单里申请后，我把退货地址发给您。"),
    ("售后", "售后", "质量问题致歉", "亲，非常抱歉给您带来不好的体验。麻烦拍一下商品问题处和外包装的照片发给我，我核实后马上给您处理方案。"),
    ("售后", "售后", "物流异常", "亲，抱歉让您久等了。您的包裹物流有异常，我已经联系{courier}核查，今天内给您回复进展。"),
    ("安全话术", "打假", "被问高仿精仿", "亲，本店销售的商品以商品详情页的说明为准，品牌、材质和产地页面上都有标注，请您以页面信息为准放心选购；收到后有任何问题可按平台规则申请售后。"),
    ("安全话术", "打假", "被问是不是正品", "亲，商品的品牌、授权和质检信息以商品详情页展示的内容为准，店铺支持平台的正品保障和售后规则，您可以放心选购。"),
    ("安全话术", "发票", "报销开发票", "亲，可以开发票的。请提供发票抬头、税号和接收邮箱，我马上为您登记，开好后会发给您。"),
    ("安全话术", "发票", "售后凭据说明", "亲，发票可以为您开具。如果只是用作售后凭据，您的聊天记录和购买记录就可以作为售后依据，不用凭发票也能享受同样的售后服务。"),
    ("安全话术", "隐私", "拒查收货信息", "亲，天猫是不允许泄露其他客户的资料的，这也是保障您的个人隐私安全，请您登录购买账号联系我们。"),
    ("安全话术", "情绪", "冷静安抚", "亲，您的心情我非常理解，出现这样的情况换成我也会着急。请给我一点时间，我把事情核实清楚，给您一个满意的答复。"),
    ("关怀", "回访", "收货回访", "您好，我是{store}的客服{agent}。您购买的商品收到后使用得还满意吗？有什么建议都可以告诉我，我们会认真改进。"),
    ("关怀", "回访", "老客户回访", "您好，好久不见！感谢您一直以来对{store}的支持。最近上了一些新品，老客户有专属优惠，需要的话我为您介绍。"),
    ("关怀", "节日", "节日问候", "您好，{store}祝您和家人节日快乐！感谢您一直以来的支持，节日期间有任何需要都可以留言给我们。"),
)  # fmt: skip
ENGLISH = (
    ("Reception", "pre-sale", "Welcome", "Hello and welcome to {store}. This is {agent}; how may I help you?"),
    ("Reception", "pre-sale", "One moment", "I have your question and am checking it. Please give me a moment; I will be right back."),
    ("Reception", "pre-sale", "Confirm the size", "Please send me width × height in metres. I will check them with you before you order, so that nothing is made wrong."),
    ("Reception", "pre-sale", "Bargaining", "Our prices leave no room for a discount. If you wish to order, I will gladly ask my supervisor whether we can add a small gift."),
    ("Chasing", "pre-sale", "Payment reminder", "Your order {order} is not paid yet. If it is paid before today’s cut-off, we can ship it today. Please tell me if anything goes wrong with the payment."),
    ("Chasing", "pre-sale", "Still unpaid", "I see that order {order} is still unpaid. Is there a question I can answer? If it was placed twice, I can close it for you."),
    ("Orders", "after-sale", "Check the address", "Your payment has arrived. Please check receiver, phone and address in the order; tell me before it is shipped if anything must be changed."),
    ("Orders", "after-sale", "Shipped", "Your order {order} was sent with {courier}, parcel number {tracking_no}. Please look at the packaging before you sign for it."),
    ("Orders", "after-sale", "Please confirm receipt", "Your parcel has arrived. If all is well, please confirm receipt; if anything is not, write to me first and we will put it right."),
    ("After-sales", "after-sale", "Seven days", "You may return it within seven days without a reason, complete and as new; where nothing is wrong with it, the buyer pays the way back. Apply in the order and I will send you the address."),
    ("After-sales", "after-sale", "Quality", "I am very sorry about this. Please send me pictures of the fault and of the packaging; I will come back to you with a solution at once."),
    ("After-sales", "after-sale", "Parcel delayed", "I am sorry for the wait. Something is wrong with your parcel; I have asked {courier} and will tell you today what they say."),
    ("Safe wordings", "counterfeit", "Is it an imitation", "What we sell is what the product page says: brand, material and origin are stated there. If anything is wrong when it arrives, you can apply for after-sales service by the platform’s rules."),
    ("Safe wordings", "counterfeit", "Is it genuine", "Brand, licence and inspection are shown on the product page. The store follows the platform’s rules on genuine goods and after-sales."),
    ("Safe wordings", "invoice", "Invoice for reimbursement", "Yes, we issue invoices. Please give me the title, the tax number and an e-mail address; I will register it at once."),
    ("Safe wordings", "invoice", "Invoice as proof", "Yes, we can issue an invoice. If you need it only as a proof for after-sales: this chat and your purchase record serve as well, you need no invoice for it."),
    ("Safe wordings", "privacy", "Refuse to look up an address", "We are not allowed to give out other customers’ data; this protects your privacy too. Please sign in with the account you bought with and write to us from there."),
    ("Safe wordings", "feelings", "Calming down", "I understand how you feel; I would be upset too. Give me a little time to find out what happened, and you will have an answer."),
    ("Care", "return visit", "After arrival", "Hello, this is {agent} of {store}. Are you content with what you bought? Whatever you suggest, we take it seriously."),
    ("Care", "return visit", "Regular buyer", "Hello, it has been a while! Thank you for your loyalty to {store}. We have new products and an offer for regular buyers; may I tell you about it?"),
    ("Care", "holiday", "Holiday greeting", "{store} wishes you and your family a happy holiday! Write to us whenever you need anything."),
)  # fmt: skip


def scripts_in(language: str) -> list[tuple[str, str, str, str]]:
    """(folder, situation, title, text) in a language of the interface; English for one we do not write."""
    if language == "zh-hans":
        return list(CHINESE)
    if language == "zh-hant":
        convert = OpenCC("s2twp").convert
        return [tuple(convert(part) for part in line) for line in CHINESE]
    return list(ENGLISH)


@transaction.atomic
def start_with(organization_id: int, language: str) -> int:
    """Add those whose folder and title are not there yet; how many. What somebody has changed stays."""
    added = 0
    for folder_name, situation, title, text in scripts_in(language):
        folder = folder_named(organization_id, folder_name, None, "", situation)
        if not Script.objects.filter(folder=folder, title=title).exists():
            save_script(Script(organization_id=organization_id, folder=folder, title=title, text=text))
            added += 1
    return added
