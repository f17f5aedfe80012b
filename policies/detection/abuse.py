"""Abuse of the buyer by an agent, open or sideways, whoever began (R14). Pure; docs/policies.md.

Words are weighed (abuse_words.py), turns of phrase too (爱买不买, 像你这种人, 祝你…): a hard insult is enough by itself, milder
ones add up, saying 你 to the reader's face adds, courtesy takes away. None of it counts where the agent speaks of himself,
denies, quotes what the buyer wrote, or where the characters are part of a harmless word (滚筒, 机车包, 2b铅笔). Said of
somebody else (the courier, a system) it is POSSIBLE only.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import ahocorasick
from django.utils.translation import gettext_noop

from policies.detection import abuse_words
from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop
from policies.detection.second_reading import read_twice

HARD, SOFT, WEAK = 4.0, 2.0, 1.0
ENOUGH = 2.0  # LIKELY from here on
_TO_THE_FACE = 1.0
_MOST_COURTESY = 3.0
_LONGEST_HARMLESS = 16  # characters
_MOST_WORDS = 40  # enough to judge any line
REASONS = {
    "insult": gettext_noop("An insult of the buyer."),
    "scorn": gettext_noop("Words that mock or belittle the buyer."),
    "away": gettext_noop("The buyer is sent away."),
    "curse": gettext_noop("An evil wish for the buyer."),
}
_TURNS = (
    ("scorn", SOFT + WEAK, re.compile(
        r"你们?[这那](?:种|样的?|类|号|些|帮|群|路)[^,。!?]{0,6}?(?:人|买家|客[人户]|顾客|货|东西|玩意|脑子|素质|智商|德[行性]|嘴脸|脸|层次)(?!的(?:尺|身|心|情|肤|体|喜|问|需|要))"
        r"|[像象]你(?:们|这|那|种|样|的)*(?:人|货|客|穷|买家)|[像象这][种样]的?(?:人|买家|客人|客户)(?:我|真|也|还|就|难怪|活该|见|没|都|,|$)"
    )),
    ("scorn", SOFT, re.compile(
        r"就你(?:最事|事最|看不|不会|事|话|最|这|一个|能|懂|聪明|穷|多|\?|有)|(?:猪|狗|鬼|小孩|孩子|瞎子|傻子|老太太|奶奶|学生|文盲)都(?:看得|知道|会|懂|能|比你)|(?:谁|又没)(?:让|叫|逼|求)[着你您]|怪(?:谁|你自己|得了谁)|你才|你也(?:配|好意思|不看)|彼此彼此"
        r"|连[^,。!?]{1,6}都(?:不|没|认不|看不|搞不|装不|分不)|(?:手|脚|腿|舌头|嘴|眼睛?|耳朵)(?:断|残|烂|瞎|哑|瘸|聋)了?(?:吗|么|吧)|[^,。!?]{1,5}都比你|[胖丑老穷矮黑笨蠢傻秃懒]成(?:这|那|什么)|(?:难怪|怪不得)你?(?:没|穷|单|离|丑|胖|嫁|娶|混|被)|说你[^,。!?]{1,4}(?:你还|还真)|(?:又|再)来(?:了)?(?:一)?个(?:要饭|骗|白嫖|傻|穷|神经|蹭|碰瓷|贪)|自己(?:不会|没长|不看|不长|瞎|蠢|笨|眼|穷|没本事|手)|不会(?:自己)?(?:看|查|百度)[^,。!]{0,4}[吗啊么?]|看不(?:见|到|懂)[吗啊么?]|(?:这|那)都(?:不[会懂知]|看不|要问|没)|你(?:是|当)(?:第一|没|猪|傻|瞎|聋|什么|几)|你(?:家|是)(?:没|住|缺)[^,。!?]{0,8}[吗吧啊]"
    )),
    ("scorn", HARD, re.compile(r"[你您](?:老人家|自己)?的?(?:智商|脑子|脑袋|大脑|眼睛|视力|耳朵|理解(?:能)?力|阅读(?:能)?力|素质|教养|品味|人品|情商|颜值|长相|身材|脸皮|层次|认知|文化)[^,。!?]{0,6}(?:真[是的]|太|让(?:我|人)|堪忧|感人|捉急|有待|令人|着急|欠费|有问题|需要|低|差|不好使(?!的话)|不灵光|不够|不行|呢|下限)")),
    ("scorn", SOFT + WEAK, re.compile(r"(?:去|挂|看)[^,。!?]{0,6}(?:精神|脑|神经|眼|五官)(?:内|外)?科|你们[^,。!?]{1,4}人(?:就|都|真|果然|一个)|果然是[^,。!?]{1,4}人|不愧是[^,。!?]{1,4}人")),
    ("away", SOFT + WEAK, re.compile(
        r"爱(?P<deed>.{1,2})不(?P=deed)|爱(?:买|要|信|退|来|咋|怎么?[样着]?|去|找|投)[^,。!?]{0,3}(?:咋|怎|哪|谁|滚|别|投|买|退)|不[差缺稀][^,。!?]{0,2}[你您这][^,。!?]{0,6}(?:单|个|钱|生意|人|客|位)|不做[你您][^,。!?]{0,4}生意|不(?:想)?卖(?:给)?[你您](?:了|这|们|[!,。]|$)"
        r"|(?<![翻打摇沸圆热烫水转])滚(?:你|$|[,。!?~])|哪(?:里|儿)?来(?:的)?[就]?(?:回|滚)|(?:去|上)别(?:家|处|的店)[^,。!?]{0,4}(?:闹|丢|烦|恶心|当)"
    )),
    ("curse", HARD, re.compile(
        r"(?:祝|愿|希望|诅咒|咒|保佑|巴不得|恭喜)(?:[你您]|买家|顾客|客[户人])[^。!?\n]{0,14}(?:死|(?<!疾)病(?!痛?消|痛?远离|魔?退)|倒霉|衰|车祸|被车|破产|孤独|没人要|断子|不得|升天|火葬|癌|撞|爆炸|烂|西天|归西|投胎|报应|生不出|嫁不|娶不|骨折|瘫|残疾|离婚|绝|短命|地狱|单身一辈子|倒闭|完蛋|没好(?:下场|结果|日子)|不好过|(?<!不)秃|不孕|考不上|挂科|(?:啥|什么|就|都|天天)坏|摔[断死个]|破财|睡不[着醒]|醒不来|(?<!不)便秘|烂嘴|八宝山|殡|上路$|忌日|坟|墓|阴间|十八层|分手|失业|越来越穷|喝水都|呛|噎|穷一辈子|一辈子穷)"
        r"|断子绝孙|出门(?:就|会|要|小心)?(?:被|遭|让|给)[^,。!?]{0,2}(?:车|雷|狗|人)|(?:天打)?雷劈|(?:会|有|遭|等着|得到)(?:报应|天谴)|(?:早|快|赶紧|赶快|一起)(?:点|去|日)*(?:死|投胎|超生)|生(?:儿子|孩子|小孩)(?:都)?没"
    )),
    # What the eyes or the head are said to be for; who takes himself for whom; who had better not shop.
    ("scorn", SOFT, re.compile(
        r"(?:眼睛?|脑[子袋壳]|耳朵|头)[^,。!?]{0,4}(?:是|长|拿|用)[^,。!?]{0,4}(?:摆设|出气|透气|屁股|脚底|头顶上|后脑|增高|凑数|喘气|裤裆|天上|狗吃|被吃)|(?:当|把|拿|以为)你?自己(?:是|当)?(?:成)?(?:上帝|皇帝|大爷|爷|祖宗|公主|谁|[根哪]*葱|盘菜|回事|天王|太后|老佛爷|vip|老板)|装(?:什么|啥)(?:大爷|大尾巴|可怜|有钱|富|清高|上帝|蒜|高贵|无辜|文化)"
        r"|(?:听|看)(?:不|得)?懂?(?:不懂|得懂)?人话|讲人话|没(?:读|念|上)(?:过|完)?[^,。!?]{0,3}(?:书|学)(?!生)|(?:小学|初中|国小|幼儿园)[^,。!?]{0,2}(?:没|毕不)(?:念|读|毕|上)|回去(?:重读|读书|再读|上学|问你)|老师[^,。!?]{0,2}哭|一看(?:你|就)[^,。!?]{0,3}(?:没|穷|那种|不是什么)|(?:伺候|招待|服侍|惹|接待|高攀|侍候)不[起了]|不伺候|正常人(?:谁|哪|都|不会)|没见过(?:你这|像你|比你|这么(?:难|烦|抠|蠢|笨|不讲|没|奇|事|作|贱|恶))|(?:没|不如)你(?:这么|那么)|都(?:没|不如)你|(?<!我)都(?:看|听|搞|弄|学|认|读)不(?:明白|懂|会|清)|(?:幼儿园|小学|托儿所|[一两三]岁)[^,。!?]{0,4}水[平准]|[丢害羞恶烦贱蠢傻臊]不(?:丢[人脸]|害臊|羞|恶心|烦|贱|蠢|傻)|(?:^|[,。!?~ ])你个(?!人|子|头|体|性|别|税|位)|长得(?:不咋|难看|不怎么|歪|吓人)|deserve to (?:be|die|get)|deserve it|no money then"
        r"|有钱[^,。!?]{1,6}没钱|就你这(?:智|素|水平|德|脾|态|脑|眼|点(?!货)|副|人|穷|身材|脸|口气|还)|(?:少|别|甭)(?:跟我|给我|在这儿?|再|来)*(?:废话|啰嗦|罗嗦|逼逼|bb|b{2,}|装蒜|装可怜|装无辜|装逼|扯犊|叨叨|叽歪|叽叽|来这套|嚷|哔|卖惨|得瑟|嘚瑟|发神经)|(?:拿去|快去|记得|该|多)[^,。!?]{0,2}(?:买药|看病|治病|吃药|看脑|治治|挂号)|没(?:带|长|有)[^,。!?]{0,2}(?:眼|脑|良心|教养)|(?:自己|你)(?:是不是|就是|才|真|自己)*有(?:毛病|大病)|[是个]250(?![元块克gmk\d])"
    )),
    ("scorn", SOFT + WEAK, re.compile(
        r"(?:老[太头人]?[太婆头人]?|没钱|穷|没文化|不懂|不识货|不识字|买不起|玩不起|不认字|看不懂|不会用|嫌贵|没见过世面)[^,。!?]{0,3}就?(?:别|不要|甭)(?:来|网购|上网|学人|装|出来|瞎|bb|在这|逛|浪费)|(?<![给送发寄])你(?:个|妹)(?:大?头(?![绳像套盔饰花纱巾发])|锤子|毛线|屁)|(?:长|吃)(?:得|这么|那么|成这)[^,。!?]{0,3}[胖丑矮肥壮][^。!?]{0,4}(?:怪|赖|怨)|(?:怪|赖|怨)[^,。!?]{0,3}(?:衣服|裤子|鞋|尺码|我们)[^,。!?]{0,2}(?:小|丑|不行)"
        r"|你这(?:理解|阅读|沟通|表达|智力|智商|情商|认知|记性|眼神|脑子|素质)|信不信(?:我|老子|爷)|让你[^,。!?]{0,8}(?:混不下去|吃不了兜着走|付出代价|好看(?:$|[,。!?])|后悔)|(?:给我|你|咱们?)(?:等着瞧|走着瞧)|(?:抽|揍|弄|打|削|收拾)(?:死|扁)?你(?:$|[,。!?])|看我[^,。!?]{0,3}(?:抽|揍|弄|打|削|收拾)|知道你(?:家|住|公司)[^,。!?]{0,4}[哪里的]|先去挂[^,。!?]{0,4}科[^。!?]{0,3}再"
    )),
    ("curse", HARD, re.compile(r"(?:\bi (?:really )?)?hope (?:your?|ur|u)\b[^.!?]{0,20}(?:burn|die|rot|suffer|sick|crash|choke|cancer|bankrupt)|(?:急着|赶着|赶去|着急)[^,。!?]{0,3}(?:投胎|奔丧|上路|送死)|(?:不得|没有?)好(?:下场|死|报)")),
    ("insult", HARD, re.compile(r"f[*#@u]+c?[*#@]+k?\w*|f[*]{3}|sh[*#@]t|b[*#@]tch|a[*#@]{2}hole|傻[*#@x]|[草操日干][*#@]你|你[*#@]妈|[*#@]{1,3}你妈")),
)  # fmt: skip
_HARMLESS = re.compile(
    r"死了算我|王八蛋糕|被狗(?:追|咬|吓|叼|抓)|要不要脸[部盆霜]|烂脸(?:期|可|能|肌)|你(?:妈妈|爸爸|爷爷|奶奶|老公|老婆|儿子|女儿|孩子|家里人)(?!的|死|没|才|生|教)|不配(?:送|套|货|备|件|合|电池)|[就也只]配(?:了|有|送|的|件|套|备|好|齐)|穷鬼套餐|北[七柒](?:街|路|天|日|市|折|号|巷)|显(?:肥|胖|黑|矮|老|丑)|[翻打摇沸圆热滑转水波]滚|滚(?:筒|轮|珠|动|烫|边|刷|压|球|石|雪|水|针|梯|带|花|揉|落|油|塑|牙|丝|床|印|涂|条|柱|轴|子|圈|刀|滚)|滚开(?:的|水|后|了)|傻瓜(?:相机|式|机|操作|教程|版)|傻(?:白甜|傻)|大智若愚|神经(?:病毒|病变|病理|病学|痛|酸|性|内科|外科|科|系统|元|衰弱|紧张|末梢|递质)|病(?:虫|毒|史|历|害|变|菌|理|例)"
    r"|机车(?:包|夹|靴|衣|服|裤|手套|风|头盔|帽|款|皮衣|外套|雨衣|行李|模型|锁|配件|零件)|(?:铅笔|笔芯|型号|硬度|hb|款|尺码|规格|编号|货号)[^,。!?]{0,6}(?:2b|sb|zz|nc|lj|fw)|(?:2b|sb|zz|nc|lj|fw|gun|nmsl)(?:\s*(?:铅|笔|的|橡|涂|考|码|款|型|号|尺|色|开头|系列|hb|口)|[-_ ]?\d)|[a-z0-9]-(?:2b|sb|zz|nc|lj|fw|nmsl)|u ?s ?b"
    r"|猪(?:猪|年|八戒|肉|蹄|骨|鬃|皮|油|脚|小屁|佩奇|仔|头肉|玩偶|侠|肝|肚|耳|排|饲料|圈|猡纪)|小猪|佩猪|狗(?:粮|狗|窝|链|牵|绳|年|血|项圈|玩具|零食|盆|厕|咬胶|牌|尿|笼|罐头|主人|衣|头|不理|尾|屋|饼干|爪|毛|医)|小狗|宠物狗|热狗|遛狗|单身狗(?:粮|礼)|疯狗(?:面|玩)|垃圾(?:桶|袋|分类|箱|筐|处理|篓|车|邮件|短信|食品|铲|架|清理|压缩)"
    r"|流氓兔|贱(?:卖|价|内)|三八(?:节|妇女|大促|活动|折|红包|女神)|二百五十|死(?:扣|结|角|机|皮|海|党|侍|心塌)|三小(?:时|盒|包|瓶|袋|只|件|个|号|步|碗|片)|靠北(?:面|边|侧|窗|墙|的|向|街)|智障(?:儿童|人士|人群|患者|学校|者)|脑瘫(?:儿|患|康)|神经病(?:变|毒|理|学|性)|(?:文盲|更年期)(?:也|的|女性|保健|综合|吃|可|用)|变态辣|丧(?:尸|葬)|棺材板|骨灰(?:级|瓷)|万圣|鬼(?:脸|灭|节)|穷(?:游|养)|智商税|[一两几]岁|口臭(?:喷|药|糖|清)|废物(?:利用|回收|箱)|白痴面|(?:盲|瞎)盒"
    r"|(?:幼儿园|小学|初中|国小|幼稚园)毕业(?:照|服|典|帽|礼|季|纪|袍|册|班|生|合影)|(?:猫|狗|鸟|鱼|宝宝|婴儿)(?:屎|尿|粪|便)|屎(?:铲|盆|壳郎|黄)|耳朵(?:疼|痛|挂)|毛(?:巾|衣|绒|线|毯|笔|孔|利|重|料|病|边|刷|发|豆|肚|球|茸)|(?:羊|皮|绒|睫|眉|掉|脱|猫|兔|鸭|鹅|鸡|腿|腋|汗|起|粗|牛|剃|刮|不甩)毛|破(?:损|裂|碎|洞|皮|壁|了|费|纪录|坏|旧|除|解|胶)|臭(?:豆腐|氧|味|虫药)|[除防驱](?:臭|虫)|腐烂|灿烂|烂(?:了|掉|果|叶|根)"
    r"|脏(?:了|污|衣|水)|[心肾肝]脏|(?:内|五)脏|药(?:品|膏|店|盒|水|房|师|箱|监|丸|片|剂|用|材|浴)|[农中医西用服吃打配喷]药|生病|看病|疾病|毛病|病(?:人|房|床|号|好|从|痊|情|痛|症)|[疾细]病|嘴(?:唇|角|巴子|对|馋|甜|里|型)|[瓶喷壶奶尖鸟油快]嘴|脸(?:部|色|盆|型|颊|蛋|上|红|盲)|[洗护瘦大小素整圆擦美笑打]脸(?!的脸)|妈(?:妈|咪)|[宝]妈|我[妈爹娘]|爹地|新娘|姑娘|[爷]们|爷爷(?:奶奶|家|用|穿|喝)|(?:给|送|陪)(?:孙子|儿子|爷爷|奶奶|老人)|尿(?:不湿|布|裤|垫|素|酸|壶)|便宜"
    r"|公主(?:裙|床|鞋|款|风|房|帽|头|切|城堡|系列|娃|梦)|(?:小|艾莎|迪士尼|白雪|芭比)公主|戏(?:水|服|曲|剧)|[游马]戏|水桶(?:包|款)|吐(?:槽|司|鲁|气|痰|奶)|懒(?:人|得动|汉)|儿子|呆(?:萌|毛)|笨笨|胖(?:瘦|丁|大海|妹妹|mm)|[微显偏]胖|肥(?:料|皂|瘦|美|牛|肠|厚)|[化施减液底有]肥|[偏宽]肥|秃(?:顶|头)(?:梳|洗)|[防脱]秃|矮(?:凳|柜|床|款|脚|桌|种)|[偏高]矮|丑(?:橘|鱼|萌|娃)|小丑(?:鱼|女|服|面具)|蛤蟆造型|癞蛤蟆造型|虫(?:草|胶|牙)|[昆萤飞蚊螨瓢椿]虫|土(?:豪|豆|鸡|猪|特产|壤|蜂)|[三]农|农村(?:可以|能|地区|快递|用)"
    r"|blind (?:box|bag|bead)\w*|(?:window|roller|venetian) blinds?|(?:trash|garbage|rubbish) (?:can|bag|bin|liner)s?|dumb ?bells?|(?:idiot|fool)[- ]?proof|shut up and take|(?:stupid|silly|dumb) (?:mistake|error|system|bug|question)|for dummies|the idiot|ugly (?:duckling|sweater|christmas|doll)|clown ?fish|clown (?:costume|nose|mask|wig)|pig (?:toy|plush|costume|ear)s?|crazy (?:sale|glue|deal|discount)s?|silly (?:me|mistake)|entitled to|(?:colou?r|hearing|partially)[- ](?:blind|deaf)"
)
_SELF = re.compile(
    r"(?:我|咱|俺|人家|小编|小妹|本人|小二|偶|客服)(?:们|哋|自己|家)*(?:打工的?|上班的?|半|跟个|真的?|也|可能|确实|就|都|是|刚刚?|一时|今天|这|个|的|有点?|太|又|当时|刚才|好像|感觉|像|跟|一|大|眼睛?|脑[子袋]|那|时|才|简直|笨|被|成|变|快|要|当|实在|比较|了|很|,|嘴|手|忙|店|系统|看错|弄错|搞错|记错|糊涂|瞎|到|得|急){0,8}$|\b(?:i|me|we|my|our)\b[^.!?]{0,18}$"
)
_OTHERS = re.compile(
    r"(?:快递|物流|派件|配送|骑手|小哥|师傅|驿站|厂家|工厂|仓库|仓管|系统|平台|网络|(?<!你们)(?<!你)老板|同事|他们|天气|黄牛|诈骗|黑客|电影|小说|老人|孩子|宝宝|小朋友|家里|长辈|父母|爸妈|宠物|猫咪?|狗狗|[他她]们?)[^你您。!?\n]{0,12}$|\b(?:courier|driver|system|they|he|she|warehouse|rider|it|this|that|mistake|scammers?)\b[^.!?\n]{0,16}$"
)
_DENIED = re.compile(
    r"(?:没有?(?!素|教|礼|镜|脑|眼|家教|文化|良心)|(?<![是岂怕莫])不是|并非|不敢|(?<!该)不会(?!是)|怎么会|怎敢|哪敢|哪里敢|岂敢|从不|绝不|从来不|不能|不可以?|不得|不允许|禁止|避免|严禁|拒绝|请?不要|请别|请勿|\b(?:never|not|nobody|without))(?:在|想|要|敢|有|会|[说骂讲嫌]你|说|骂|讲|喊|叫|发|用|出现|使用|觉得|认为|指|针对|当|把|成|嫌|过|是|意思|个|什么|任何|样|种|的|人|我们?|您|买家|顾客|客[人户]|对|为|等|词|再|就|call\w*|say\w*|said|think\w*|thought|mean\w*|you|that|an?|are|is|use|words|like|[ '\"“「]){0,10}$|(?<![好是])不$|[不别]显$"
)
_SAID = re.compile(
    r"(?:[你您亲他她]|买家|顾客|客[人户]|对方|人家|别人|you)(?:们)?(?:刚才|刚刚|刚|一直|上面|之前|这样|也|可以|尽管|怎么|一上来|动不动|就|前面|在这|先|又|要是|再|总|直接|还)*(?:说|骂|讲|喊|叫|称|嫌|写|calling|called|call|said|say)(?:的|我们?|你们|都|人|他|道|了|出|是|家|店|this|me|us|a|an|[ :\"“「『]|这种|这样|句|一句|客服|成|它|质量)*$|^说我们?"
)
_WORDS_ABOUT = re.compile(
    r"^[”\"」』']?(?:这[个种样类些]|之类|等|的)*(?:词|字眼|话(?!真|多)|字样|说法|言语|言辞|称呼|words?|language)"
)
_RETORT = re.compile(r"[伺侍]候不[起了]|你才|您才|你自己|你全家|彼此|才是|才有")
_COURTEOUS = re.compile(
    r"抱歉|不好意思|对不起|唔好意思|歹势|道歉|赔[罪不礼]|感谢|谢谢|谢啦|辛苦|麻烦您|劳烦|理解|放心|消消气|息怒|别急|稍等|欢迎|建议|您|马上|给您|帮您|帮你|补[发寄送您你]|[重换]发|退[您给款]|寄[新您]|送您|今[天晚日].{0,4}(?:发|补|寄|送)|可以的|没问题|行,|好的|有货|有的|适合|哈哈|呀|喔|唷|~|🙏|😅|😊|😂|🥺|sorry|thank|please|pls|let me|apolog|refund|send you|dear|happy to"
)
# Talk of goods and parcels, which an insult seldom is.
_BUSINESS = re.compile(
    r"\d+(?:元|天|小时|斤|克|ml|cm|米|码|件|只|包|盒|片|年|月|号|点|折)|尺寸|规格|现货|[有缺补到]货|库存|发货|顺丰|运费|包邮|免费|保修|赠品|适合|支持|一套|一盒|一包|标配|材质|硅胶|口味|款(?:有|的|是|也|可)|可以(?:用|放|装|换|做|选|加|拍)|换成|左边|右边|试用|现在有"
)
_OPENING, _CLOSING = '“「『‘《【"', '”」』’》】"'
_FACE = re.compile(r"(?<![给帮为])你(?!们?好)|妳|\b(?:you|u|ur|your)\b")


class _Word(NamedTuple):
    """Something said that may be abuse. worth: HARD … WEAK."""

    start: int
    end: int
    reason: str
    worth: float


def _lexicon() -> ahocorasick.Automaton:
    words = ahocorasick.Automaton()
    for worth, text in (
        (WEAK, abuse_words.WEAK),
        (SOFT, abuse_words.SOFT + abuse_words.SOFT_LATIN),
        (HARD, abuse_words.HARD + abuse_words.HARD_LATIN),
    ):
        for word in text.split():
            phrase = word.replace("_", " ")
            words.add_word(phrase, (len(phrase), worth))
    words.make_automaton()
    return words


_LEXICON = _lexicon()
# Openings of the turns of phrase that hold no word of the lists. Without any of these a text is not read.
_MORE = (
    "你这 你那 像你 象你 这种人 那种人 这样的人 就你 都看得 都知道 谁让 谁叫 怪谁 怪你 你才 你也 彼此 都比你 成这 成那 成什么 难怪 怪不得 说你 都认不 都不会 都不懂 都搞不 都装不 都分不 都没有 断了 残了 烂了 哑了 瘸了 又来 自己不 自己没 看不见 看不到 看不懂 这都不 这都看 这都要 那都不 不会看 不会查 不会自己 智商 视力 理解能力 理解力 品味 颜值 长相 身材 认知 你当 你家没 爱买 爱要 爱信 "
    "爱退 爱来 爱咋 爱怎 爱去 爱找 爱投 爱看 爱穿 爱用 爱吃 爱等 爱听 爱收 爱换 爱评 爱告 爱拍 爱付 不差你 不缺你 不差这 不缺这 不稀罕 你这生意 你的生意 看不明白 听不明白 都搞不 都学不 都读不 水平 水准 丢不丢 害不害 羞不羞 恶不恶 贱不贱 蠢不蠢 傻不傻 deserve hope 你这理 你这阅 你这沟 你这表达 您这理 您这阅 您这智 您这沟 您这记 卖给你 卖你 哪来 倒霉 车祸 被车 破产 孤独 升天 癌 归西 "
    "人话 当自己 把自己 拿自己 以为自己 自己当 摆设 出气 透气 增高 裤裆 没读 没念 没上过 没上完 小学没 重读 回去读书 再读 回去问你 在哭 会哭 要哭 都哭 老师哭 一看你 一看就 伺候 招待不 服侍 惹不 接待不 高攀 侍候 正常人 没见过 没你这 没你那 不如你 都没你 有钱买 有钱养 有钱吃 有钱去 有钱玩 有钱喝 有钱打 有钱就 就您 少跟 少废 少啰 少罗 少装 少来 别废 别啰 别罗 别跟 别给我 别在这 别bb 少bb 卖惨 买药 看病 治病 吃药 看脑 治治 挂号 没带 没长 有毛病 有大病 是250 个250 "
    "老太 老头 老人 没文化 不识 玩不起 不认字 不会用 嫌贵 你个 你妹 长这么 长得 吃这么 吃得 怪我们 赖我们 怪衣 赖衣 怨我们 怨衣 信不信 让你混 让你好看 让你后悔 让你吃不 让你在 让你付 等着瞧 走着瞧 抽你 揍你 弄你 打你 削你 收拾你 看我 知道你 挂个 急着投 急着去 急着死 急着奔 赶着 赶去 好下场 好死 好报 倒闭 完蛋 不好过 不孕 考不上 挂科 摔 破财 睡不 八宝山 殡 忌日 坟 墓 阴间 您这种 您这人 您那种 就您 您才 您也配 您也好意思 您也不看 谁让您 怪您 您这生意 卖给您 卖您 不差您 不缺您 "
    "雷劈 生儿子 生孩子 f* f# f@ sh*t b*tch a**hole 傻* *你妈 你*妈"
)
TRIGGERS = frozenset(phrase for phrase, _ in _LEXICON.items()) | frozenset(_MORE.split())


def _words(text: str) -> Iterator[_Word]:
    """Every listed word and turn of phrase in a text; Latin ones as whole words."""
    for last, (length, worth) in _LEXICON.iter(text):
        start, end = last - length + 1, last + 1
        if text[start].isascii() and text[start].isalpha() | text[start].isdigit():
            around = text[max(0, start - 1) : start] + text[end : end + 1]
            if any(one.isascii() and one.isalnum() for one in around):
                continue
        yield _Word(start, end, "insult" if worth == HARD else "scorn", worth)
    # 您 is no better than 你 there, but 像您这样的客户 is a compliment as a rule: the first turn reads the text itself.
    plain = text.replace("您", "你")
    for place, (reason, worth, pattern) in enumerate(_TURNS):
        for found in pattern.finditer(plain if place else text):
            yield _Word(*found.span(), reason, worth)


def _longest(words: list[_Word]) -> list[_Word]:
    """Without those that lie in one worth as much or more: 猪 in 猪头三."""
    kept: list[_Word] = []
    for word in sorted(words, key=lambda one: (-one.worth, one.start - one.end)):
        if all(word.end <= one.start or one.end <= word.start for one in kept):
            kept.append(word)
    return kept


def _harmless(text: str, word: _Word) -> bool:
    """Whether a word begins in a harmless one: 滚 in 滚筒. Looked for around it only, as there are many."""
    around = _HARMLESS.finditer(text, max(0, word.start - _LONGEST_HARMLESS), word.end + _LONGEST_HARMLESS)
    return any(found.start() <= word.start < found.end() for found in around)


def _as_written(text: str, start: int) -> bool:
    """Whether the characters at `start` stand between quotation marks."""
    opened = max(text.rfind(mark, 0, start) for mark in _OPENING)
    closed = max(text.rfind(mark, 0, start) for mark in _CLOSING if mark != '"')
    return opened > closed and any(mark in text[start:] for mark in _CLOSING)


def _excused(text: str, word: _Word, before: Sequence[Said]) -> bool:
    """Whether the agent speaks of himself, denies, or only repeats what the buyer wrote."""
    start, end = word.start, word.end
    head = text[max(0, start - 30) : start]
    if _RETORT.search(head[-8:] + text[start:end]):
        return False
    if (
        _DENIED.search(head)
        or _SELF.search(head)
        or _SAID.search(head)
        or _WORDS_ABOUT.match(text[end : end + 10])
    ):
        return True
    if _as_written(text, start):
        return True
    said = text[start:end]
    return (
        any(line.by_buyer and said in line.folded.squeezed for line in before)
        and _COURTEOUS.search(text) is not None
    )


def _besides(text: str, words: Sequence[_Word]) -> str:
    """The text without the words and the particle after each: 眼残喔 is no kinder for its 喔."""
    for word in sorted(words, reverse=True):
        text = text[: word.start] + text[word.end + 1 :]
    return text


def find(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    """Whether an agent's line abuses the buyer; the place is that of its worst word."""
    text = said.folded.squeezed
    words = list(islice(_words(text), _MOST_WORDS))
    face = _TO_THE_FACE if _FACE.search(text) else 0.0
    # Most lines end here: a single weak word never says enough.
    if not words or sum(word.worth for word in words) + face < ENOUGH:
        return None
    words = [
        word for word in _longest(words) if not _harmless(text, word) and not _excused(text, word, before)
    ]
    if not words:
        return None
    worst = max(words, key=lambda one: one.worth)
    meant = [word for word in words if not _OTHERS.search(text[max(0, word.start - 30) : word.start])]
    courtesy = min(len(set(_COURTEOUS.findall(_besides(text, words)))), _MOST_COURTESY)
    business = 1.0 if _BUSINESS.search(text) else 0.0
    score = sum(word.worth for word in meant) + face - courtesy - business
    if any(word.worth == HARD for word in meant):
        certainty = Certainty.SURE
    elif meant and score >= ENOUGH:
        certainty = Certainty.LIKELY
    elif worst.worth > WEAK:
        certainty = Certainty.POSSIBLE
    else:
        return None
    return Match(worst.start, worst.end, worst.reason, certainty)


RULES = Detector("abuse", find, TRIGGERS, REASONS)
ASKED_AS = ""
DETECTOR = read_twice(RULES)
