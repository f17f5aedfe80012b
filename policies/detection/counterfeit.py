"""R11: an agent who admits, or lets the buyer understand, that what is sold is an imitation. Pure.

Buyers who live on claims (职业打假) ask 高仿还是精仿; any answer that takes up either word is an admission. So words
for imitations count in an agent's line unless the clause denies them, quotes the buyer, speaks of others or names a
material. While the buyer's question stands open, much less admits: a bare yes, a grade, "nobody can tell", a wink.
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext_noop

from policies.detection.clauses import clause_before, listed
from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop
from policies.detection.second_reading import read_twice

REASONS = {
    "admits": gettext_noop(
        "Calls what is sold an imitation, or goods that left the brand's factory unlicensed."
    ),
    "not_genuine": gettext_noop("Says that what is sold is not genuine, or does not vouch for it."),
    "as_good_as": gettext_noop("Measures what is sold against the genuine article, as only imitations are."),
    "agrees": gettext_noop("Agrees where the buyer asks whether it is an imitation."),
    "winks": gettext_noop("Leaves the buyer to understand that it is an imitation."),
    "unclear": gettext_noop("Does not say that it is genuine where the buyer asks."),
    "asks_fake": gettext_noop("Asks whether it is an imitation."),
    "asks_not_fake": gettext_noop("Asks for a word that it is no imitation."),
    "asks_genuine": gettext_noop("Asks whether it is genuine."),
    "asks_grade": gettext_noop("Asks how good an imitation it is, or how near to the genuine article."),
}

# --- words -----------------------------------------------------------------------------------------------------------
_MATERIAL = "真|皮|羊|兔|貂|狐|毛|绒|棉|麻|丝|缎|玉|瓷|陶|古|木|石|铜|金|银|水晶|钻|珍珠|花|树|草|叶|果|绿植|宝石|琥珀|蜜蜡|革|老|旧|生|火|藤|竹|藏"
_ONE_TO_ONE = r"(?<!按)(?<!例)(?<!以)(?:一比一|1[:比]1)(?!\d|贴合|还原|开孔|比例|兑|换|服务|客服|指导|辅导|对应|实物|实拍|拍|打印|等比|模型|缩|赠|送|定制|沟通|量|配|混|加|跟进|回|大小|等身|成人|真人|没|无|人偶|手办|高清)"
# Names of imitations. Homophones, pinyin and initials stand where platforms filter the characters themselves.
_NAMES = (
    rf"[高搞稿膏糕](?:[仿彷](?!{_MATERIAL})|[访纺](?=货|版|的|吗|还|呢|啊|哦|\Z))|高防(?=货|版|的|吗|还|呢|啊|哦|\Z)|高f(?:ang|(?![a-z]))|gao ?(?:fang|仿)|g仿|gf(?=货|版|的)"
    r"|[精晶京睛][仿彷]|精f(?:ang|(?![a-z]))|jing ?(?:fang|仿)|j仿|jf(?=货|版)|[超顶微复]级?仿(?!真|生)|仿(?:货|品|版|香|冒|单|款|大牌|名牌|牌|造)|仿制(?!药|古)|仿(?:鞋|表|酒|衣)|(?:洗标|领标|商标)[^,。]{0,3}剪|代工厂(?:尾|流|多)"
    r"|仿的(?!是|木|古|真)|仿得(?!不)|[端品级]仿(?![真皮羊])|仿(?:原装|正品|专柜|大厂)|[普超顶特]a(?=\d|货|级|版|的|质|品|\Z|[,。!?~ ])|(?<![a-z])a{1,3}\+?级?货|(?<![a-z])a ?huo|🅰货"
    r"|原单(?!号|子|据|退|价|位|独|里|发|上|重|拍|改|备|取|补)|跟单(?:货|的)|(?:工厂|原厂|大厂|厂里)(?:偷跑|流出)|外贸(?:尾货|尾单|原单)|(?:大牌|专柜|品牌|出口)[原尾]单|纯原(?=货|版|的|鞋|级|\Z|[,。!?~ ])"
    r"|莆田(?:货|鞋|系|厂|纯|版|那边|过来|做|产|出)|(?<![a-z])clone (?:version|grade|quality|one)|公司级|华强北|(?<![a-z])(?:vs|zf|kw|ppf|gf|bv|arf|og|pk)[厂版]"
    rf"|{_ONE_TO_ONE}|(?:顶级|大牌|高端|国产|精品|原版)复刻|复刻(?:货|品|鞋|表|包|版的?|的)"
    r"|过验版?(?=货|版|的|\Z|[,。!])|(?<![a-z])copy(?=[货版的])|高版本(?!\S?(?:系统|安卓|ios|浏览|软件|驱动|固件|手机))|翻版|山寨|冒牌|盗版|赝品|假货|假冒|replicas?|knock-? ?offs?|counterfeits?"
    r"|(?:first|super|mirror|master|high|good|best|top|premium|1:1|aaa)[ -](?:quality )?(?:copy|copies)|copy (?:quality|grade|version)|(?:mirror|aaa|oem|1:1) (?:quality|grade)"
)
# Words that tell of an imitation only while the talk is of one.
_TRADE = (
    rf"复刻|尾[单货料]|余料|剪标|没有?吊牌|无标|贴标|贴的\S{{0,4}}标|印的\S{{0,3}}标|(?<![请休病产事暑寒虚放])假的|(?<!模)仿(?!{_MATERIAL}|佛)|像真的|精纺|[神顶高好验士级a-z\d]版(?!权|型)"
    r"|高货|代工|[大同原代]厂(?:流|出|货|料|做|(?<!原厂)生产|下来|多)|(?:厂里|工厂|档口)\S{0,3}(?:多做|多出|剩|流|偷|下来)|工厂(?:直接)?(?:货|流|出|出来|出的|直出|照|偷|打|做|尾|剩|拿)|同一?个?工厂|流出|莆田|广州货|白云|组装|翻新|副厂|oem|散货|a+级|[\da]级|一档"
    r"|[七八九][分成](?!钟|之|天|新|熟)|一条(?:生产)?线|没\S{0,2}[贴打]?标(?!准|签|明|题)|照着?\S{0,4}(?:做|打|版|来)|开模|打版|(?<![a-z])(?:reps?|fakes?|copy|copies|dupes?|a{2,3})(?![a-z级货])|(?:我们|自己|咱们?)\S{0,4}(?:灌|做的网页|印|贴|打的标)"
)
_GENUINE = "正品|正牌(?!车|官)|真品|真货|正版|行货|正货|专柜货|专柜正|原装货|正pin|zheng ?pin"
_HELLO = r"(?:\A(?:亲+|亲爱的|您好|你好|宝+贝?|哈喽|在的|[嗯恩]+|是的|对的?|当然|肯定|绝对|必须|[,~ !])*)"
# What a shop says of goods that are genuine, or of a brand of its own.
_VOUCHES = re.compile(
    rf"(?:{_HELLO}|(?<=[,。!~ …]))(?:[是都就全当然肯定绝对一必须真的也]|百分之?百|100%)*(?:[正真]的|正|真|保证?的?|保真|确定|当然|能?过|包[真正]|正宗|正货|没问题)[的得哒滴]?(?:[呢哦喔呀啊啦咯哈唷欸滴~]|亲|宝)*(?=[,。!… ]|\Z|[正真保]的)|如假包换|[假错]不了|包正|正着呢|(?<!标)(?<!皮)(?<!盒)(?<!料)(?<!装)(?<!个)是正的|(?<!皮)(?<!料)(?<!标)是真的[,。!哦呢啊]"
    rf"|(?:品牌|官方|专柜|公司|集团|原厂|代理商?|经销商|总部|进口商|出版社|厂商)\S{{0,4}}(?:出的|出厂|出货|发[的货]|直[供发]|供货|开的|生产|雷射|镭射|质保|售后|授权)|专柜也是|是原厂(?=的|生产)|专利"
    rf"|(?:有|附|提供|带|随|看|出示?|拍|给|签|查)[^,。!?不没]{{0,8}}(?:(?:采购|进货|购买|海外|专柜|官方|品牌)\S{{0,3}}(?:凭证|凭据|单|小票|合同|记录|证明|收据)|正品[函证]|授权|协议|检测|证书|序列号|防伪|溯源|报关|备案|抽检)|官方在售|是国产(?!的?复刻|仿)|(?:品牌|官[方网博])\S{{0,4}}有\S{{0,3}}(?:公告|说明|公示)|(?<![皮料标])是真的(?![皮银金料])[^,。!?吗么]{{1,4}}(?=[,。!]|\Z)|(?:\A|[,。!~ ])(?:亲+,?|[嗯恩]+,?)?(?:{_GENUINE})(?!的话|的?要|级|质|同|价|没|不|哪|去|在|一样|才|买|可)[^,。!?;吗么]{{0,4}}(?=[,。!~ ]|\Z)|国行(?=[,。的哦呢]|\Z)|原厂(?=卡|公司|包装|保)|老字号|(?<!不)(?:可以|欢迎|尽管|随便|能)[^,。!?不]{{0,6}}(?:专柜|柜上)\S{{0,2}}[对比验鉴查]|有\S{{0,2}}(?:实体|专柜|门)?店(?!铺|家)|(?:品牌|牌子|商标)是\S{{0,3}}自己|(?:电话|网站|扫码|二维码|序号|号码|编号|qr|code)\S{{0,4}}(?:可以?|能|支持)\S{{0,3}}[查登扫]|check\b[^.]{{0,15}}(?:code|qr|serial)|第三方|兼容|(?:正经|正规)\S{{0,2}}(?:品牌|牌子|渠道)|官方\S{{0,2}}复刻|(?:页面|标题|详情|描述)\S{{0,3}}[标写注说]|用\S{{0,6}}(?:小程序|app|官网)\S{{0,3}}[扫查验]|品牌\S{{0,4}}保卡|(?:门店|全国)\S{{0,3}}能[查保修认]"
    rf"|(?:\A|yes\S*,? )(?:100% ?)?(?:original|authentic|genuine|real)(?! (?:quality|copy|grade|like|box))|(?:from|bought)\b[^.]{{0,25}}(?:outlet|store|boutique|counter|distributor|brand|manufacturer)"
    rf"|(?:(?<!不)(?<!可能)是|(?<!不)(?<!不敢)(?<!不能)(?<!法)保证|保障|支持|肯定|绝对|必须|当然|本身|只[卖做售有]|全部|都是|均为|100%|百分[百之])(?:(?![不非没怎])[^,。!?;]){{0,5}}?(?:{_GENUINE}|正(?=[呀的啊哦])|原装)(?!的?(?:级别"
    rf"|同款|质量|品质))|保真|\A(?:亲+,?|[嗯恩]+,?|当然|就?是|哈哈)?真的(?=[哦呢啊呀啦,。!~我亲]|\Z)|(?:\A|[,。!~ ])(?:亲+|[嗯恩]+|是|就是|绝对是?)?(?:{_GENUINE}|原版)(?!的话|的?\S?要)(?=[授无的呢哦喔啊呀哈唷啦~,。!]|\Z)|正品(?:保|险)|假一|[十三四倍]倍"
    r"|(?<!没)(?<!没有)(?<!无)(?<!不)(?:官方|品牌\S{0,3}|正规|正式|经销|有\S{0,3})授权|(?<!没有)(?<!没)(?<!来的)(?<!不到)(?<!无)授权(?:书|证|编号|到)(?!没)|总代|直营|自营|旗舰|公司货|代购|免税店|保税|溯源|直邮|直采|出版社|报关|进货|海关单"
    r"|镭射|激光|许可证|不真不要|(?<!不)骗[您你]|联保|官方售后|质检|核码|专柜(?:也|都)?(?:可以?|能|支持)|门市|就是专柜|专柜带|(?:小众|正规|知名)品牌|品牌自己|mall标|专柜(?:发货|直发|小票)|同一个?仓"
    r"|(?<!不)(?<!不能)(?<!不太)(?:欢迎|支持|随便|随时|可以先?|尽管|放心)\S{0,6}(?:验|检|鉴|比对)|(?:官网|官方|app|防伪|序列号|编号|条码|芯片|nfc)\S{0,8}(?:可以?|能|支持|去)\S{0,3}(?:查|扫|读|登|验|比对|打)|(?:可以?"
    r"|能)\S{0,8}(?:官网|官方|app|序列号)\S{0,4}(?:查|扫|登)|(?:官方|品牌)小程序|查得到|查真伪|同一?批|同一?个?(?:公司|品牌|厂家|厂商|条码)"
    r"|(?:自有|自主|自己\S{0,5}|自家\S{0,4}|原创|设计师\S{0,3}|国货\S{0,3})(?:注册|配方|品牌|牌子|商标|手作|工作室|设计|研发)|(?:自家|原创)的|品牌方?直[供发]|(?:没有?|不)\S{0,3}(?:蹭|用|打)\S{0,4}(?:别人|他人)"
    r"|(?:验|检|鉴定|扫)(?:出|不过|不是|得|到)?\S{0,8}(?:[赔退]|负责|承担)|(?:\byes\b|100%|is|are|all|only|sells?|guaranteed?) ?(?:\w+ )?(?:genuine|authentic|original|real)|official|authori[sz]ed"
)

# A word that vouches does not, where the clause denies it, wants it, supposes it or only measures against it.
_UNVOUCHED = re.compile(
    r"(?:不是|不算|没有?|并非|非|无|不|哪来的?|拿不到|买不到|才有?|能是|要是|如果|[您你想]要|想买|要买|当成?|当作|像|跟|和|比|按照?|仿|冒充|不敢说|敢|哪有?|怎么|除非)\S{0,2}\Z"
    r"|(?:not|no|n't|without|expect|like|as|than)\b[^,.]{0,12}\Z"
)

_IN_DOUBT = re.compile(r"[的货品]?\S?[吗么?]")

# --- what clears a word in its clause ----------------------------------------------------------------------------------
_STOPS = ",。!?;\n…:"
_NO = (
    r"不是|不算|不属于|不会|不可能|不卖|不做|不售|不碰|不贩售|不贩卖|不销售|不经营|不存在|不提供|没有|没卖|没做|没|绝非|并非|绝不|决不|从不|从来不|从来没|从未|无|零"
    r"|拒绝|杜绝|抵制|远离|打击|禁止|严禁|反对|谨防|小心|当心|警惕|防止|避免|以免|免得|举报|投诉|哪有|哪来|哪里有|哪会|怎么会|怎么可能|怎么敢|不敢"
)
_DENIED = re.compile(
    rf"(?:(?:不可能|不会|绝不|哪会|怎么会|怎么可能|怎么敢|没有?[一任]\S{{1,2}})\S{{0,3}}是\S{{0,6}}|(?<!是)(?<!止)(?:{_NO})(?:(?!而是|就是|只是|一般|普通|低端|地摊|劣质|便宜)[^是]){{0,7}})\Z"
    r"|\b(?:not?|never|without|against)\b[^,.]{0,25}\Z|n't\b[^,.]{0,25}\Z"
)
_OF_OTHERS = re.compile(
    r"(?:如果|若|要是|假如|万一|倘若|一旦|凡|发现|查出|检测出|鉴定|验出|收到|买到|遇到|碰到|担心|怕|怀疑|分辨|辨别|鉴别|区分|识别|所谓|觉得|认为|哪里|哪儿|什么叫|什么是|[您你](?:说|问|提到|讲)的?|别家|别人|其他家"
    r"|其他店|别的|人家|市面上?|市场上?|网上|外面|外边|有些|某些|那些|认定|当成|当作|说成|以为|说的|(?:别人|有人|[您你])\S{0,2}叫做?|[您你]才|\bif |in case)\S{0,9}\Z"
)
_BETTER = re.compile(r"(?:比|跟|和)\S{0,6}\Z")
_OFFERED = re.compile(
    r"\S{0,4}(?:我们|咱们?|这边|店里|小店)?(?:都|也)?(?:有的?(?!假)|可以[做拿找发]|能[做拿找发])"
)
_REFUSED = re.compile(
    rf"(?:,?(?:我们?|咱们?|本店|小店|店里|这种|这些|那些))?[^{_STOPS}]{{0,8}}?(?:不卖|也?不敢|没有(?:的|哦|喔|呢|哈|卖|货|\Z|[,。!~ ])|不做|不存在|不售|不碰|不贩|不销售|不经营|从不|从来不|绝不|是?违法|犯法|违规|不提供|没卖|一律不|是?另一家|不是我们|免谈|零容忍)"
    r"|\S{0,8}(?:封|关店|罚|坐牢|假一[赔罚]|[赔罚]\S{0,3}倍|包退|全额退|随时退|可以退|投诉|检举|举报|无条件退|给您退|退一赔|赔|倒贴)|[?,!]+(?:不不|哪有|怎么会|不可能|没有的事|不存在|不是(?![^的哦呢哈亲,]))| (?:is|are) (?:not|illegal|never)"
)

# --- how an agent says it without the word ---------------------------------------------------------------------------
_PRICE = r"(?:这个?价[格钱位]?|这价|这么便宜|这个钱|\d{2,}(?:块|元)?|几十块?|几百块?|一两百)"
_NOT_GENUINE = re.compile(
    rf"(?:不是|不算|算不上|称不上|并非|非)(?:什么|那种|原装|品牌)?(?:{_GENUINE})|(?:不能|不敢|没法|无法|没办法|不好|不)(?:跟您|给您)?(?:保证|保|承诺|担保)(?:是|百分百|100%)?[真正](?:[品货的]|\Z|[,。!?~哦呢])"
    rf"|(?:{_GENUINE}|(?<!是)真的)[\s,]?\S{{0,4}}?(?:[您你]?(?:去|上|到|找|得)\S{{0,6}}(?:专柜|官网|旗舰店|实体店|免税|商场|买|排队)|专柜去|去专柜)|(?:{_GENUINE}|真的|原版)\S{{0,4}}?(?:要|得|卖|至少|起码|都|哪|怎么|不"
    rf"|能)\S{{0,6}}(?:千|万|\d{{3,}}|{_PRICE})"
    rf"|(?:{_GENUINE}|原版)\S{{0,4}}{_PRICE}\S{{0,4}}(?:拿不|买不|不可能|哪)|{_PRICE}\S{{0,8}}(?:{_GENUINE}|真的|原版)\S{{0,3}}(?:吗|么|呢|嘛|\?|不可能|做不到|是不)|[别不]\S{{0,3}}(?:写|提|说)(?:是)?(?:{_GENUINE})"
    r"|(?:not|isn't|aren't) (?:the |an? )?(?:original|authentic|genuine|real)\b"
)
_AS_GOOD_AS = re.compile(
    rf"(?:跟|和|与|同|像|比|按|照)着?(?:{_GENUINE}|正牌|真的|原版|原装|大牌)的?\S{{0,8}}?(?:一样|一模|没\S{{0,4}}[区差两]|差不多|无[区差异]|一致|看不出|分不|难分|相似|接近|几乎|像|百分之|九|9|开|打版|做)"
    rf"|(?:堪比|媲美|对标|不输|不比|不差|接近|达到|还原)\S{{0,4}}(?:{_GENUINE}|原版)|正品(?:级别|级的?|开模|开版|打版|同款质|质量)|原版(?:开模|皮|打版|一模)|以假乱真|(?:跟|和|与|同)专柜\S{{0,3}}一模一样|(?:跟|和|与|同)(?:大牌|专柜|柜台|正品)\S{{0,3}}(?:同[线厂源料]|一个(?:模|料|厂|版))|(?:跟|和|与)(?:专柜|柜台|柜上|官网)\S{{0,8}}(?:[认分看]不出|难分)|(?:拿|照|按|跟|买)[着了]?\S{{0,3}}(?:专柜|正品|正牌|大牌|原版|真品)\S{{0,5}}(?:拆|打|开|扒|抄|做|对)的?(?:版|模|出|版做|的)|(?:same|like|similar|close|compar\w+) (?:as|to|with)? ?(?:the )?(?:original|real|authentic|genuine)|indistinguishable"
)
_CLOSE = re.compile(
    r"除了\S{1,8}(?:其[他它余]|都|全)|一致|一样|一模|差不多|没\S{0,3}(?:区别|差别|两样|差异)|无(?:区别|差)|[看分认辨瞧]不(?:出|清|来)|没人\S{0,3}(?:看|知道|认|发现)|谁\S{0,3}(?:看|知道|认)|\A像|很像|超像|逼真|九成|9成|9\d%|\d+%(?:相似|还原)|还原|难分|细节"
    r"|(?:hard|cannot|can't|no ?(?:one|body)\S*) (?:can |to |will )?(?:tell|know|see)|all same|same (?:as|quality|factory)|look(?:s)? the same"
)
_DODGES = re.compile(
    r"懂的?得?都懂|[您你]懂|懂就好|都懂|懂行|懂\S的|明白的?|心照|说破|多说|明说|点破|看破|细品|[您你]品|看价|价[格钱位]?\S{0,3}(?:摆|放|就)?在[这那]|(?:这个?|什么|啥)价|一分[价]?钱?一分|(?:不方便|不好|不便|不能|没法|不太好)(?:说|讲|回|透露|明)|不让说"
    r"|敏感|私[聊信下]|有数|别\S{0,3}问|不要问|问\S{0,3}[细多]|老客户都|[您你](?:猜|觉得呢|说呢)|[您你]怎么(?:看|想|理解)|你?知道的|😏|😉|🤫|😜|🙊|嘿嘿|呵呵|装饰|图个|乐呵|够用|撑场|面子|招待|好[看穿用背]就|就(?:行|好|完)[了啦]|看的是包装|何必|纠结|较真|计较"
    r"|自己(?:戴|穿|用|背)|送人|都(?:是)?这[样么]卖|介意|慎拍|将就|性价比|不影响|懂货|能是[真正]|[正真]的?\S{0,3}(?:能|会|得|要|可能|哪)\S{0,8}(?:吗|么|\?)|哪(?:有|来|能)|(?:价|钱|块|便宜|折扣)\S{0,8}(?:吗|么|\?)|便宜\S{0,4}(?:道理|原因)|低调|嘘|(?:当|看)成?[真正]的?|没\S?数|什么\S{1,3}不\S{1,3}的|啊[真假正]|工艺|做工|质感|手感|用料|质量|品质|重要吗|(?:怕|担心|在意|不信|纠结|讲究)[^,。]{0,4}(?:别|不要|勿|慎|就不)|\b(?:you want|expect|for this price|you know|guess|iykyk|wink)\b"
)
# Said of what is sold, these leave nothing of a word that vouches.
_CANNOT_VOUCH = re.compile(
    r"(?:不敢|不能|没法|没办法|无法|不好|不便)\S{0,4}(?:保证|打包票|打保票|承诺|担保|百分百|说死|说满)|保证不(?:了|起)|保不了|(?:都|概|一律)不(?:管|负责|认)|不做\S{0,4}承诺"
)
_CONCEALS = re.compile(
    r"(?:看|认|瞧|闻|分)不(?:大|太|怎么)?出|没人(?:会|能)?(?:看|知道|发现|认|问|说)|不(?:会|容易|可能)?被(?:人|别人)?(?:发现|看出)|除非|(?:人家|会)\S{0,2}认出|会被\S{0,2}(?:认|看|发现)"
)
_WAITING = re.compile(r"(?:好|嗯|哦|行|ok|那|我|等|着|快|点|吧|呢|哈|的|麻烦|谢谢|在吗|人呢|[?,!。 ])*")
_UNPROVEN = re.compile(
    r"(?:小票|证书?|保卡|凭证|证明|授权书|鉴定书|盒子)[^,。]{0,6}(?:可以|能|帮[您你]|给[您你])?(?:做|打|配|p|印|补)(?=一?[张份]|[的哦呢])|给[您你](?:做|打|配|p|印)一?[张份]|不是(?:专柜|品牌|官方|原装|原厂|进口)|(?:没|没有|无|拿不到|不给|不需要|哪来的?|什么)\S{0,3}(?:授权|防伪|证书|保卡|小票|专柜票|质保卡|验)|[验查扫过]不(?:了|到|过|出)|不(?:支持|接受|能|建议|要|可以|敢|提供|给)\S{0,5}(?:验|检|鉴|专柜|柜上|查)"
    r"|别\S{0,3}(?:拿|去|送)\S{0,3}(?:验|柜|鉴|检)|收走|没收|保不了|(?:防伪|吊牌|标|码)\S{0,3}[撕刮剪]"
)
_TAIL = r"(?:[的呢哦喔啊呀哈吧唷咯啦耶噢滴哒嘛~]|亲|宝+贝?)*(?=[^\u4e00-\u9fff]|\Z)"
_YES = re.compile(
    rf"{_HELLO}(?:[都全肯定绝对就应该]*是+|对+|说对了?|[嗯恩]+|没错|ok|yes|yep|can|yeah|ya|有|能|可以|支持|保|必须|也可以|当然|也?可以这[么样](?:说|理解|讲|叫|认为)|算是|属于|差不多|应该是|👌\S{{0,3}}|👍|1\Z){_TAIL}"
)
_NOT = re.compile(
    rf"{_HELLO}(?:也|都|抱歉)?(?:不是|不算|没有|木有|没|不能|不可以|不行|不会|不可能|不|no|nope|否){_TAIL}"
)
_SAYS_NO = re.compile("不是|不会|没有|不卖")
_ENDS_IN_NO = re.compile(rf"(?:不是|不行|不能|没有){_TAIL}\W*\Z")

_DENIES = re.compile(
    "都不是|才不是|哪能|哪会|谁说|哪是|咋可能|瞎说|乱讲|冤枉|[不没][有卖做碰售存]\\S{0,4}(?:的|事|这|那)|怎么会|怎么可能|不可能|不存在|误会|乱说"
)
# Speaks of what only genuine goods have, without saying that these are: left alone where nothing else tells.
_REASSURES = re.compile("放心|尽管|保修|保固|质保|联保|赔|投诉|检测|报告|资质|合同|进口|中文标|发票|warranty")
# Not an answer yet: greets, looks it up, asks back.
_NOT_YET = re.compile(
    r"稍等|快递|(?:您|麻烦|请|辛苦)\S{0,6}(?:拍|发|截图|提供)\S{0,6}(?:我|给|过来|客服)|等一?下(?!个|次|周|月|批)|[帮给][您你]\S{0,3}(?:看|查|问|确认|核实)|核实|哪一?[款个]|链接|有什么可以|(?:吗|么|\?)\S?\Z|(?:什么|哪|几|多少|怎么|谁)\S{0,8}呢(?=\W|\Z)|\A\S{0,3}(?:您好|你好|在的?)\S{0,2}\Z"
)

# --- the buyer's questions --------------------------------------------------------------------------------------------
_FAKE = (
    rf"{_NAMES}|(?<!模)(?<!效)仿(?!{_MATERIAL}|佛|照)|假的(?!花|睫|两|领)|(?:卖|有|怕|买到|是|售|就|像|看着)假(?!期|日|两|领|发|睫|花|如|设|若)|假(?:酒|鞋|包|表|烟|不假|\S?吧)|复刻|尾[单货]|莆田|厂货|外贸货|厂家偷|大厂(?:出的|出来|的|货|吗)"
    rf"|哪个?厂(?!商|家)|工厂出|组装|翻新|贴牌|剪标|水货|副牌"
    r"|(?:一比一|1[:比]1)(?=的|吗|么|做|\Z|\?)|(?<![a-z])(?:copy|fake|reps?|dupe|gf|jf)(?=[货版的吗么 ,.?!]|\Z)"
)
_COUNTER = r"(?:专柜|柜台|柜上|官网|正品|真的|原版|大牌|实体店)"
_ASKS_FAKE = re.compile(_FAKE)
_ASKS_NOT_FAKE = re.compile(
    rf"真的?假的?|真的吗?假的|(?:不是|不会是|没有|不卖|别是|不会)\S{{0,3}}(?:{_FAKE})\S{{0,4}}吧|[真正]\S{{0,6}}还是\S{{0,6}}(?:{_FAKE})|(?:{_FAKE})\S{{0,3}}还是\S{{0,4}}[真正]"
)
_ASKS_GRADE = re.compile(
    rf"几比几|(?:哪个?|[a-z]{{2,}})版本|什么(?:货色|(?:版本|级别|等级|档次|货)的?货?[呀啊呢哦]?\W*\Z)|哪种(?:版本|级别)|几[a分成](?!钟|之|天)|几级(?!能|台|风|英|烫)|(?:版本|级别)\S{{0,3}}[高好]|好(?:一|点|些){{1,2}}的?版|(?:更好|更高|顶级|最好|最高|og)\S?(?:版"
    rf"|的有)|像不像|还原度|哪(?:里|来|家|边|进)\S?的?货|货[是从]?\S{{0,2}}哪\S{{0,2}}[来进拿]|货源(?!充|足|紧)|(?:什么|正规|哪个)渠道\S{{0,3}}[货拿进的]|仿得\S{{0,3}}[像好]"
    rf"|(?:跟|和|与|同|比)(?:{_COUNTER}\S{{0,8}}(?:一样|区别|差|比|不同)|\S{{2,6}}那款\S{{0,4}}一样)|(?!真的|大牌){_COUNTER}\S{{0,8}}(?:差|不同|区别|一样|小票|保养|保修|保固|没有这)|标\S{{0,2}}(?:是不是|一样)"
    rf"|有\S{{0,3}}(?:品牌|牌子)的?标|(?:外人|别人|人家|穿出去|背出去|戴出去)\S{{0,6}}(?:看|认)\S{{0,3}}出|[超高]a|how (?:close|similar)"
)
_ASKS_GENUINE = re.compile(
    rf"{_GENUINE}|正[p的](?:吗|么|吧|嘛|\?)|[真正保]不[真正保]|[包保]正|是正的|真东西|(?:品牌|大牌|正经)的?货|官方\S{{0,4}}(?:吗|么|还是)|(?:旗舰店|代理商?)(?:吗|么|还是)|进货凭证|报关单|保真|真假|真伪|验真|(?:是|要|到|买|卖)真的(?:吗|么|吧|不|还"
    rf"|假|啊|嘛|,|\?|\Z|(?![皮火花水毛木草羊牛银金很太有能会可好没])\S{{2,8}}(?:吗|么))|(?<=\S)真的(?:吗|么)|是不是真的(?=[呀啊呢,?]|\Z)|真(?:酒|烟|鞋|包|表|标)(?:吗|么|吧|不|啊|呀)|真的(?:还是|假的|不\Z|不\?)|真的是(?!太|服|醉|够|无)\S{{0,8}}(?:吗|么|品牌|[真正])"
    rf"|假一[赔罚]|(?:能|可以|可不可以|过不)\S{{0,2}}过\S{{0,2}}(?:{_COUNTER}|得物|毒|检|验|鉴)|(?:{_COUNTER}|官方|得物)\S{{0,4}}[查鉴验]|真迹|正装|(?:是|从)\S{{0,2}}(?:{_COUNTER}|免税店?|代购|品牌方?)的?(?:货|来的|拿的|进的)?(?:吗|么|吧|嘛|\?)|from the brand|原装(?:正|进|机|的|\S{{0,4}}(?:吗|么|吧))|东西真|[东货]\S{{0,3}}真吗|{_COUNTER}\S{{0,4}}[验鉴]"
    r"|(?:(?<![实经体检测试核化考])验(?![证收光票钞])|鉴定|送检)\S{0,6}(?:吗|么|\?|不|没)|得物|过(?:毒|检|验)|授权|防伪|序列号\S{0,4}查|原厂\S{0,3}(?:吗|么|吧|\?)|国行|公司货|大牌(?:吗|么|吧|\?|\Z)|牌子是|\b(?:original"
    r"|authentic|genuine|legit|ori)\b|(?:is (?:it|this|that)|are (?:they|these)) (?:the )?real"
)
_AGAIN = re.compile(r"(?:所以|那|到底|就)*(?:是|不是|是不是|是还是不是|是吗|不是吗)[吗吧呢啊么]?\??")
_NOT_ASKED = re.compile(
    rf"(?:genuine|real|original) leather\W*\Z|模型|人偶|等身|比例|真的(?:很|太|非|好[看吃用]|抱歉|没|超|有[货券])|活动\S{{0,6}}真的|秒杀|验证码|验货\S{{0,3}}签收|防伪税控|(?:系统|内存|软件|固件|app)\S{{0,4}}版本|版本\S{{0,3}}(?:系统|软件|号)|假发|授权(?:京东|登录|微信|码)|我\S?授权|无所谓|(?:花|植|树"
    rf"|果|草)\S{{0,4}}像真的|(?:高|超)?仿(?:{_MATERIAL})"
)
_NAMED = re.compile(_NAMES)
_TRADED = re.compile(_TRADE)
_JADE = re.compile("翡翠|玉|镯|种水|缅甸|jade")

# Without one of these the patterns of the same kind find nothing; they are what wakes the detector, too.
_NAME_TRIGGERS = listed(
    "仿 彷 高访 高纺 高防 搞访 高f gf货 gf版 gf的 精f gaofang jingfang jf货 jf版 a货 a级货 a+货 a+级货 ahuo 🅰 超a 普a 顶a 特a 原单 跟单 外贸尾 尾单 纯原 厂偷跑 厂流出 厂里偷 厂里流"
    " 莆田 公司级 华强北 s厂 f厂 w厂 v厂 g厂 k厂 s版 f版 w版 v版 g版 k版 一比一 1:1 1比1 复刻 高版本 标剪 标都剪 标也剪 标有剪 标已剪 标全剪 标统一剪 代工厂 翻版 山寨 冒牌 盗版 赝品 假货 假冒 过验 replica clone knock counterfeit copy copies quality grade gao_fang jing_fang a_huo"
)
_GENUINE_TRIGGERS = listed(
    "正品 正牌 真品 真货 正版 行货 正货 专柜 柜台 柜上 官网 真的 原版 原装 大牌 正pin zhengpin 保真 不保 保证真 保证正 以假乱真 正牌 拆版 扒版 对版 genuine authentic original indistinguishable"
    " zheng_pin not_real n't_real not_the_real"
)
_FAKE_TRIGGERS = _NAME_TRIGGERS | listed(
    "假 尾货 厂货 外贸货 厂家偷 工厂出 大厂 个厂 哪厂 组装 翻新 贴牌 剪标 水货 副牌 gf jf copy dupe rep fake"
)
_GRADE_TRIGGERS = listed(
    "几比几 版本 级别 等级 档次 货色 几a 几分 几成 几级 什么货 的货 哪来 哪进 哪拿 货是 货源 渠道 好点 好一 好些 更好 更高 顶级 最好 最高 og 像不像 还原度 专柜 柜台 柜上 官网 正品 真的 原版 大牌 实体店 那款 超a 高a 标是 的标 别人 人家 外人 出去 仿得 close similar"
)
_GENUINE_ASKED_TRIGGERS = _GENUINE_TRIGGERS | listed(
    "正的 正p 正不 真不 保不 包正 保正 真东西 牌货 牌的货 正经 官方 旗舰店 代理 凭证 报关 真假 真伪 验 柜 官网 实体店 得物 鉴 送检 过毒 过检 能过 可以过 以过 过不 授权 防伪 序列号 原厂 国行 公司货 正装 免税 是代购 from_the_brand 东西真 真吗 真酒 真标 真迹 原装 真烟 真鞋 真包 真表 牌子是 假一 legit ori real"
)
_ANY_NAME, _ANY_GENUINE, _ANY_FAKE, _ANY_GRADE, _ANY_GENUINE_ASKED = (
    re.compile("|".join(map(re.escape, triggers)))
    for triggers in (
        _NAME_TRIGGERS,
        _GENUINE_TRIGGERS,
        _FAKE_TRIGGERS,
        _GRADE_TRIGGERS,
        _GENUINE_ASKED_TRIGGERS,
    )
)
_AGAIN_TRIGGERS = listed("不是 是吗 是还是 到底是 所以是")


def asks(said: Said, before: Sequence[Said], shop: Shop) -> Match | None:
    """Whether the buyer asks about imitation or genuineness. The reason says which answer would admit."""
    text = said.folded.squeezed
    match = None if _NOT_ASKED.search(text) else _asked(text)
    if match is None and before and _AGAIN.fullmatch(text):
        again = any(line.by_buyer and _asked(line.folded.squeezed) for line in before)
        match = Match(0, len(text), "asks_not_fake") if again else None
    return match


def _asked(text: str) -> Match | None:
    fake = _ANY_FAKE.search(text) and _ASKS_FAKE.search(text)
    found, reason = fake and _ASKS_NOT_FAKE.search(text), "asks_not_fake"
    if not found and _ANY_GRADE.search(text):
        found, reason = _ASKS_GRADE.search(text), "asks_grade"
    if not found:
        found, reason = fake, "asks_fake"
    if not found and _ANY_GENUINE_ASKED.search(text):
        found, reason = _ASKS_GENUINE.search(text), "asks_genuine"
    return Match(found.start(), found.end(), reason) if found else None


def find(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    """Whether the agent admits an imitation, or lets it be understood."""
    text = said.folded.squeezed
    match, denied = None, False
    if _ANY_NAME.search(text):
        match, denied = _named(text, _NAMED, before)
        if match and asked:
            match = match._replace(certainty=Certainty.SURE)
    if match is None and _ANY_GENUINE.search(text):
        match = _said(text, _NOT_GENUINE, "not_genuine") or _said(text, _AS_GOOD_AS, "as_good_as")
    if match is None and asked and not denied:
        since = list(before)[len(before) - asked.ago + 1 :]
        if not any(
            line.by_buyer and len(line.folded.squeezed) > 2 and not _WAITING.fullmatch(line.folded.squeezed)
            for line in since
        ):
            match = _answered(text, [line.folded.squeezed for line in since], asked.match.reason)
    return match


def _named(text: str, words: re.Pattern[str], before: Sequence[Said] = ()) -> tuple[Match | None, bool]:
    """The first word that stands for what is sold, and whether one was denied."""
    denied = False
    for found in words.finditer(text):
        if not _cleared(text, found, before):
            return Match(found.start(), found.end(), "admits"), denied
        denied = True
    return None, denied


def _cleared(text: str, found: re.Match[str], before: Sequence[Said]) -> bool:
    """Whether the clause denies the word, quotes the buyer, speaks of others or means something else."""
    start = max(text.rfind(stop, 0, found.start()) for stop in _STOPS) + 1
    ahead, behind = text[start : found.start()], text[found.end() :]
    if _BETTER.search(ahead):
        return False
    if _DENIED.search(ahead) or ahead.endswith("不") or _REFUSED.match(behind):
        return True
    if ahead.endswith("什么") and behind[:1] in ",?!呀啊":
        return True
    if _OF_OTHERS.search(ahead):
        return not _OFFERED.match(behind)
    return "a" in found[0] and any(
        _JADE.search(line) for line in (text, *(line.folded.squeezed for line in before))
    )


def _said(text: str, pattern: re.Pattern[str], reason: str) -> Match | None:
    """An expression that admits, unless the line vouches for the goods or supposes a case."""
    found = pattern.search(text)
    if found and not _OF_OTHERS.search(text[: found.start()]) and not _vouched(text):
        return Match(found.start(), found.end(), reason)
    return None


def _vouched(text: str) -> bool:
    """Whether a line says what a shop says of goods that are genuine, or of a brand of its own."""
    return any(
        not _UNVOUCHED.search(clause_before(text, found.start())) and not _IN_DOUBT.match(text, found.end())
        for found in _VOUCHES.finditer(text)
    )


def _answered(text: str, since: Sequence[str], kind: str) -> Match | None:
    """What is an admission only as an answer to the question of this kind. since: the lines after the question."""
    if found := _CANNOT_VOUCH.search(text):
        return Match(found.start(), found.end(), "not_genuine")
    if any(_vouched(line) for line in since):
        return None
    hidden = _CONCEALS.search(text)
    if _vouched(text) and not (hidden and not _ANY_GENUINE.search(text)):
        return None
    if hidden:
        return Match(hidden.start(), hidden.end(), "as_good_as")
    match, denied = _named(text, _TRADED)
    if match or denied:
        return match
    yes, no = _YES.match(text), _NOT.match(text) or (kind == "asks_genuine" and _ENDS_IN_NO.search(text))
    if kind == "asks_fake" and yes:
        return Match(yes.start(), yes.end(), "agrees")
    if kind == "asks_genuine" and no:
        return Match(no.start(), no.end(), "not_genuine")
    if no or (yes and len(text) == yes.end()) or (kind != "asks_genuine" and _DENIES.search(text)):
        return None
    for pattern, reason in ((_UNPROVEN, "not_genuine"), (_CLOSE, "as_good_as"), (_DODGES, "winks")):
        if found := pattern.search(text):
            return Match(found.start(), found.end(), reason)
    if (
        (yes and kind != "asks_fake")
        or (kind != "asks_genuine" and _SAYS_NO.search(text))
        or _NOT_YET.search(text)
        or _REASSURES.search(text)
        or any(not _NOT_YET.search(line) for line in since)
    ):
        return None
    # How near it comes to something is asked of much that is no imitation.
    return Match(0, len(text), "unclear", Certainty.POSSIBLE if kind == "asks_grade" else Certainty.LIKELY)


RULES = Detector(
    name="counterfeit",
    find=find,
    triggers=_NAME_TRIGGERS | _GENUINE_TRIGGERS,
    reasons=REASONS,
    asks=asks,
    question_triggers=_FAKE_TRIGGERS | _GRADE_TRIGGERS | _GENUINE_ASKED_TRIGGERS | _AGAIN_TRIGGERS,
)
ASKED_AS = "asks_genuine"
DETECTOR = read_twice(RULES, ASKED_AS)
