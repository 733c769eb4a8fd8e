"""The tables behind ``normalize``: look-alikes, leet, traditional characters, homophones."""

from __future__ import annotations

LEET = {
    "0": "o",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
    "9": "g",
    "@": "a",
    "$": "s",
}
"""What a digit or sign stands for; "1", "!" and "|" are tried as i and as l."""

_CYRILLIC = dict(zip("авеёкмнортухісјѕԁһɡ", "abeekmhoptyxicjsdhg", strict=True))
_CYRILLIC.update(dict(zip("АВЕЁКМНОРСТУХІЈЅ", "abeekmhopctyxijs", strict=True)))
_CYRILLIC["с"] = "c"
_GREEK = dict(zip("αεικνορτυχΑΒΕΗΙΚΜΝΟΡΤΥΧ", "aeiknoptuxabehikmnoptyx", strict=True))
_SMALL_CAPITALS = dict(
    zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıɑ", "abcdefghijklmnoprstuvwyzia", strict=True)
)
_BOXED = {
    chr(base + i): chr(ord("a") + i)
    for base in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
    for i in range(26)
}
_PUNCTUATION = {"“": '"', "”": '"', "„": '"', "‟": '"', "「": '"', "」": '"', "『": '"', "』": '"'}

LOOK_ALIKES = {**_CYRILLIC, **_GREEK, **_SMALL_CAPITALS, **_BOXED, **_PUNCTUATION}
"""Characters of other scripts and shapes that pass for a Latin letter or a plain quote."""

_PAIRS = (
    "殺杀 傷伤 輕轻 樓楼 藥药 燒烧 繩绳 臺台 頂顶 橋桥 軌轨 車车 電电 醫医 腦脑 頭头 臉脸 爛烂 廢废 "
    "沒没 無无 還还 這这 個个 們们 來来 過过 說说 話话 讓让 給给 對对 錯错 會会 時时 間间 後后 裡里 裏里 "
    "點点 麼么 什什 為为 開开 關关 門门 結结 終终 離离 別别 愛爱 歡欢 樂乐 難难 過过 氣气 憂忧 鬱郁 "
    "郁郁 癥症 悶闷 煩烦 壓压 絕绝 望望 義义 義义 夢梦 現现 實实 發发 髮发 見见 覺觉 認认 識识 記记 "
    "憶忆 討讨 厭厌 嚴严 腸肠 臟脏 髒脏 滾滚 賤贱 婦妇 媽妈 爺爷 師师 學学 業业 課课 題题 試试 論论 "
    "導导 員员 處处 寫写 遺遗 書书 筆笔 紙纸 備备 準准 買买 賣卖 錢钱 債债 貸贷 幾几 顆颗 種种 "
    "瀉泻 節节 體体 減减 飯饭 餓饿 嘔呕 暈晕 紅红 綠绿 聽听 聲声 畫画 視视 影影 電电 劇剧 詞词 "
    "網网 友友 親亲 戀恋 婚婚 騷骚 擾扰 強强 姦奸 暴暴 辱辱 罵骂 嚇吓 脅胁 報报 復复 復复 雙双 "
    "從从 夠够 應应 該该 須须 願愿 選选 擇择 實实 驗验 練练 斷断 繼继 續续 線线 細细 帶带 "
    "幫帮 謝谢 請请 問问 談谈 訴诉 談谈 講讲 誰谁 總总 經经 歷历 曆历 歲岁 邊边 遠远 "
    "運运 動动 達达 進进 連连 遲迟 飛飞 風风 雲云 煙烟 塵尘 墳坟 葉叶 蘇苏 "
    "萬万 與与 產产 於于 徹彻 嗎吗 啟启 單单 園园 圍围 國国 堅坚 場场 塊块 墜坠 "
    "夾夹 奪夺 妳你 孫孙 寧宁 寶宝 將将 屍尸 層层 島岛 巖岩 帳帐 幹干 廁厕 "
    "彎弯 徑径 態态 慘惨 慣惯 憐怜 戰战 戲戏 戶户 拋抛 掛挂 撐撑 擁拥 擊击 擔担 據据 搶抢 敗败 "
    "數数 樣样 機机 樹树 橫横 檢检 檔档 歸归 殘残 殯殡 毀毁 氫氢 決决 溫温 滅灭 潔洁 淚泪 濕湿 "
    "煉炼 營营 爐炉 牆墙 獨独 獄狱 環环 當当 癮瘾 瘋疯 盡尽 監监 盤盘 眾众 碼码 磚砖 禮礼 "
    "禍祸 稱称 窩窝 窮穷 競竞 純纯 紋纹 絲丝 緊紧 縊缢 繞绕 罷罢 羅罗 聯联 職职 肅肃 脫脱 "
    "膚肤 膽胆 舊旧 艱艰 蓋盖 藍蓝 虛虚 號号 虧亏 蠢蠢 術术 衛卫 補补 裝装 褲裤 觸触 託托 證证 "
    "評评 誌志 語语 誤误 課课 調调 諒谅 譴谴 護护 讀读 變变 負负 責责 貼贴 費费 贏赢 趕赶 趙赵 "
    "跡迹 蹤踪 軟软 較较 輩辈 輪轮 輸输 轉转 辦办 農农 邏逻 醜丑 釋释 針针 釘钉 鈎钩 銳锐 鋼钢 鋸锯 "
    "鎮镇 鎖锁 鏡镜 長长 陰阴 陳陈 陽阳 隨随 險险 隱隐 雖虽 雜杂 霧雾 靈灵 靜静 響响 頁页 項项 順顺 "
    "預预 領领 頻频 顏颜 類类 顧顾 飲饮 飽饱 馬马 驅驱 驚惊 鬧闹 魚鱼 鳥鸟 麗丽 麻麻 黃黄 齊齐 "
    "確确 倆俩 傾倾 僅仅 價价 儘尽 優优 兒儿 兩两 冊册 凍冻 凱凯 剛刚 創创 劍剑 劑剂 勁劲 勞劳 勝胜 "
    "勢势 勸劝 區区 協协 卻却 厲厉 參参 吳吴 啞哑 喪丧 喚唤 嗆呛 噴喷 噁恶 惡恶 囑嘱 團团 "
)

TRADITIONAL = {pair[0]: pair[1] for pair in _PAIRS.split() if pair[0] != pair[1]}
"""Traditional characters that occur in the lexicon's phrases, and their simplified forms."""

HOMOPHONES: tuple[tuple[str, str], ...] = (
    (r"(?:自|子|紫|籽|zi ?)(?:鲨|刹|sha(?![a-z])|s(?![a-z]))(?!鱼|那)", "自杀"),
    (r"(?:子|紫|籽|zi ?|z(?! ?y))杀", "自杀"),
    (r"紫砂(?![壶杯锅煲泥茶器陶艺盆罐花])", "自杀"),
    (r"自(?:沙|砂|莎|煞|殺|纱|啥)(?=[ ,，。！!？?了吧的呢啊算]|\Z)", "自杀"),
    (r"(?<![a-z])zi ?sha(?![a-z])", "自杀"),
    (r"(?<=[想要去就能该敢求准])zs(?![a-z0-9])", "自杀"),
    (r"(?<![a-z])zs(?=了|算了|吧|的想法|念头|倾向|未遂|方法|会不会痛)", "自杀"),
    (r"自(?:c[aá]n|残)(?![a-z])|zi ?(?:can(?![a-z])|残)|z残|字残|自惨", "自残"),
    (r"(?<=[想要又会在])zc(?![a-z0-9])", "自残"),
    (r"割(?:wan|万|婉|碗|惋|w)(?![a-z])|ge ?(?:wan(?![a-z])|腕)|g腕|戈腕|隔腕", "割腕"),
    (r"(?:跳|挑)(?:lou|l|喽|搂)(?![a-z])|tiao ?(?:lou(?![a-z])|楼)|t楼|挑楼|条楼", "跳楼"),
    (r"(?<=[想要好去真很])(?:亖|似|鼠|si|4|s)(?=了|$|[ ,，。！!？?啊吧呢的算掉])", "死"),
    (r"(?<=[想])(?:亖|si(?![a-z]))", "死"),
    (r"(?<![a-z])(?:wo ?)?(?:hao ?|zhen ?)?xiang ?(?:qu ?)?si(?: ?le)?(?![a-z])", "我想死"),
    (r"(?<![a-z])(?:wo ?)?bu ?xiang ?huo ?(?:le)?(?![a-z])", "我不想活了"),
    (r"不想(?:huo|h)(?![a-z])|不想火了|bu想活", "不想活"),
    (r"轻(?:sheng|s)(?![a-z])|青生|qing ?sheng(?![a-z])", "轻生"),
    (r"安乐(?:si|s|寺|四)(?![a-z])", "安乐死"),
    (r"(?:上|尚)(?:diao|d|掉|吊)(?![a-z])(?=[ ,，。！!？?了吧自的]|\Z)", "上吊"),
    (r"(?<![a-z])(?:yi shu|遗shu|yi书)(?![a-z])", "遗书"),
    (r"活着没yi ?si", "活着没意思"),
)
"""Spellings that stand for a word to get past filters, each with the word; first match wins."""

STRONG_WORDS = (
    "kill",
    "killing",
    "killed",
    "suicide",
    "suicidal",
    "die",
    "dying",
    "dead",
    "death",
    "hang",
    "hanging",
    "overdose",
    "unalive",
    "cutting",
    "myself",
    "himself",
    "herself",
    "themselves",
    "yourself",
    "poison",
    "noose",
    "bridge",
    "rape",
    "raped",
    "sewerslide",
    "harm",
    "self",
    "pills",
    "kms",
    "kys",
)

_OTHER_WORDS = """
a about again all alive am and anymore anyone be because been better bye can cant care cut cuts
cannot could did do does doing done dont down end ending enough ever every everyone everything
exist feel find for forever from gave get getting give go going gone gonna good goodbye got gun had
has hate have her hes hope hopeless how hurt hurting i id if ill im in is it its ive jump jumped
jumping just knife know last leave leaving let life like live lives living lonely lost make me
more my never night no not nothing note now of off on one only onto or others out over pain pill
plan please point purpose ready really roof rope self shoot should sleep so someone stop suffer
take taken taking than that the them then there they think this thinking time tired to today
tomorrow tonight too took train tried try trying u up ur us useless wake wanna want wanted wants
was way we what when why will wish with without wont world worth worthless would write wrist
wrists wrote you your cutter bleed bleeding blood razor blade blades tylenol paracetamol
advil ibuprofen drown drowning starve starving burn burning beat hit hits killed friend kid
goodnight sorry family mom dad harming hurts hung wouldnt didnt shouldnt doesnt thought thoughts
committing commit attempt attempted just whole bottle standing many does goodbye love bye letter
another burnout forgive goodwill hangover hungover nose oneself themself together whatever
"""

WORDS = frozenset(STRONG_WORDS) | frozenset(_OTHER_WORDS.split())
"""Words worth putting back together; any other word is left as it was written."""
