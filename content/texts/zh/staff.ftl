### 工作人员机器人。
### reviewed_by: 
### reviewed_on: 

## 主动发出的通知：只有编号和级别，不透露任何内容

staff-out-page =
    工作台：<b>{ $case }</b> 请马上看一下。{ $round ->
        [1] {""}
       *[other] 第 { $round } 次呼叫。
    }
    级别 3（最高 3），还没有人接手。
staff-out-page-worse =
    工作台：<b>{ $case }</b> 请马上看一下。{ $round ->
        [1] {""}
       *[other] 第 { $round } 次呼叫。
    }
    上次是紧急，今天说更难受了。级别 { $triage }（最高 3），还没有人接手。
staff-out-page-yours =
    工作台：你的 <b>{ $case }</b> 请马上看一下。{ $round ->
        [1] {""}
       *[other] 第 { $round } 次呼叫。
    }
    级别 3（最高 3）。请打开新内容，打开后就不再呼叫。
staff-out-page-held =
    工作台：<b>{ $case }</b> 现在需要有人处理。第 { $round } 次呼叫。
    级别 3（最高 3）。负责的同事还没有打开新内容，你能联系上这位学生吗？
staff-out-new-case =
    工作台：队列里新来了 <b>{ $case }</b>。
    级别 { $triage }（最高 3）。
staff-out-back-in-queue =
    工作台：<b>{ $case }</b> 回到了队列。
    级别 { $triage }（最高 3）。之前有人跟进过，现在谁都可以接手。
staff-out-waiting =
    工作台：队列里有 <b>{ $n } 个个案</b>在等，最久的已经等了 { $age }。
    还没有人接手。
staff-out-new-words = 工作台：<b>{ $case }</b> 有新内容。{ $triage ->
        [3] 级别 3（最高 3）。
       *[other] {""}
    }
staff-out-not-meant =
    工作台：<b>{ $case }</b> 有一条说明。
    这位学生表示当时不是那个意思，已记在卡片上，级别不变。
staff-out-worse =
    工作台：<b>{ $case }</b> 的回访有了答复。
    这位学生说：更难受了。级别 { $triage }（最高 3）。
staff-out-worse-imminent =
    工作台：<b>{ $case }</b> 的回访有了答复，请马上看一下。
    上次是紧急，今天说更难受了。级别 { $triage }（最高 3）。
staff-out-returned =
    工作台：<b>{ $case }</b> 回到了队列。
    等回复的时间太长了，现在值班的人都可以接手。
staff-out-student-blocked =
    工作台：<b>{ $case }</b>现在联系不上了。
    这位学生屏蔽了机器人或已离开。级别 { $triage } / 3。{ $lost ->
        [0] {""}
       *[other] 刚才写的那条没有送到。
    }请看一下卡片。
staff-out-student-back =
    工作台：<b>{ $case }</b> 又能联系上了。
    这位学生已取消屏蔽。{ $lost ->
        [0] {""}
        [1] 这期间有 1 条没有送到（{ $at }），还需要的话请再发一次。
       *[other] 这期间有 { $lost } 条没有送到（最早一条：{ $at }），还需要的请再发一次。
    }
staff-out-not-delivered =
    工作台：<b>{ $case }</b> 里有一条没有送到。
    发不到这位学生那里，TA 可能还在等回复。原话里已标出，请再写一次。
staff-out-still-there =
    工作台：你的值班到 <b>{ $until }</b> 结束。还在吗？
    点一下就接着值班；不点，到时就不再算值班，也不会再告诉学生有人在。
staff-out-copy-stands =
    工作台：这里有 { $n } 条旧消息，我已经删不掉了（最早的是 { $at }）。
    里面可能有学生的话，请你自己动手删除。
staff-out-unreachable =
    工作台：<b>{ $name }</b> 在值班，但这里联系不上。
    对方屏蔽了机器人，或已离开 Telegram。恢复之前不算值班，请用别的办法找到对方，或另找人值班。

## 加入

staff-only = 这个机器人只供工作人员使用。如果你拿到了一次性邀请码，请发送 /start 加上邀请码。
staff-numbers-here = 如果你现在很难受，发送 /crisis 就能看到可以打的电话。
staff-nobody-reads = 你写的这些听起来很沉。这里是工作人员用的机器人，没有人会看到你写的话。请别一个人扛着，下面这些电话有人接：
staff-joined =
    欢迎，你已加入，身份是<b>{ $role }</b>。

    第 1 步，共 { $total } 步：这里用哪种语言？
staff-language-ask = 这里用哪种语言？
staff-language-name = 简体中文
staff-language-set = 好的，以后这里都用中文。
staff-step-name =
    好的，用中文。

    第 2 步，共 { $total } 步：你的称呼。
staff-name-prompt =
    想让学生看到什么称呼？请直接回复这条消息，例如：林老师。
    不必用全名，以后可以用 /name 修改。
staff-name-is-this-it = 要把这一行作为学生看到的称呼吗？如果这是写给学生的话：现在没有打开的对话，什么都没有发出去。
staff-name-set = 学生看到的称呼是<b>{ $name }</b>，以后可以用 /name 修改。
staff-step-on-call = 第 3 步，共 3 步：现在开始值班吗？有人需要帮助时，会呼叫值班的人。也可以之后用 /oncall 再开始。
staff-interrupted = 刚才中断了一下，现在的情况如下。想确认上一条有没有发出，请打开该个案的原话查看。

## 身份、级别、时间

staff-role-counselor = 咨询师
staff-role-editor = 编辑
staff-role-adviser = 就业顾问
staff-role-admin = 管理员
staff-unnamed = 还没有称呼
staff-level-0 = 主动求助
staff-level-1 = 低
staff-level-2 = 较高
staff-level-3 = 紧急
staff-level-none = 无标记
staff-level-low = 低
staff-level-elevated = 较高
staff-level-imminent = 紧急
staff-time = { $clock }
staff-day-time = { DATETIME($day, dateStyle: "medium") } { $clock }
staff-age-minutes = { $n } 分钟
staff-age-hours = { $n } 小时
staff-age-days = { $n } 天

## 值班

staff-on-call-until = 你正在<b>值班</b>，到 { $until } 为止。
staff-off-call = 你现在<b>没有值班</b>，队列里的呼叫会发给其他人。
staff-holding = 你名下还有 { $n } 个个案：
staff-holding-line = • { $case }（{ $level }）
staff-holding-what = 可以先留着，也可以点一下放回队列。留着的话，有新内容还是会发给你，需要时也会呼叫你；学生等得太久，会自动回到队列。
staff-waiting = { $n ->
    [0] 队列里没有人在等。
   *[other] 队列里有 { $n } 个个案在等，最久的已经等了 { $age }。
}
staff-others-on-call = 同时在值班的：
staff-nobody-else = 没有其他人在值班。
staff-roster-line = • { $name }（{ $role }）{ $state ->
    [until] 值班到 { $until }
   *[off] {""}
}
staff-roster-title = 共有 { $n } 位工作人员：
staff-revoke-ask =
    要收回 <b>{ $name }</b> 的权限吗？

    立即生效：名下的个案会回到队列，聊天里学生的话会被删除。之后只能凭新的邀请码再加入。
staff-revoked = 已收回 <b>{ $name }</b> 的权限。

## 队列

staff-queue-title = 共有 { $n } 个未结个案 · 第 { $page } 页，共 { $pages } 页
staff-queue-empty = 没有未结的个案，队列是空的。
staff-queue-line = { $case } · { $level } · { $age } · { $holder ->
    [mine] 我的
    [other] { $name }
    [on-it] { $name } 在处理
   *[waiting] 待接手
}{ $unread ->
    [0] {""}
   *[other] {" "}· { $unread } 条新
}
staff-case-usage = 请带上编号，例如：/case H-0012
staff-case-unknown = 没有编号为 { $case } 的个案。

## 个案卡片：不显示原话

staff-card-title = <b>{ $case }</b> · <b>{ $level }</b>
staff-status-waiting = 等待中，还没有人接手。
staff-status-on-it = 等待中：{ $name } 从 { $at } 起在处理，还没有接手。
staff-status-mine = 由你负责。
staff-status-taken = 由 { $name } 负责。
staff-status-closed = 已于 { $at } 结案：{ $reason }。
staff-card-origin-asked = { $at } 主动找咨询师（{ $age }前）
staff-card-origin-flagged = { $at } 被标记（{ $age }前）
staff-card-origin-follow-up = { $at } 回访后再次求助（{ $age }前）
staff-card-student = 学生：{ $language } · { $region } · { $age } · 当地时间 { $clock }
staff-card-no-region = 地区未知
staff-speaks-en = 英文
staff-speaks-zh = 中文
staff-age-band-adult = 成年
staff-age-band-minor = 未满 18 岁
staff-age-band-unknown = 年龄未知
staff-card-no-signals = 没有标记。
staff-card-signals = 标记原因：
staff-card-signal = • { $kind }（{ $level }）
staff-card-details = <b>{ $case }</b> · 每条原因的依据：
staff-card-detail = • { $kind }（{ $level }；{ $tier }，<code>{ $reason }</code>，{ $version }）
staff-card-marked-true = 已标记：确实有风险。
staff-card-marked-false = 已标记：误报，级别不变。
staff-tier-lexicon = 词表
staff-tier-model = 模型
staff-tier-context = 上下文
staff-card-words = 未读：{ $unread } · 以往个案：{ $earlier }
staff-card-paging = ⚠ 仍在呼叫，还没有人表示在处理。
staff-card-paging-again = ⚠ 又在呼叫：{ $name } 在 { $at } 表示在处理，但一直没有人接手。
staff-card-paging-unopened = ⚠ 仍在呼叫，新内容还没有打开。
staff-card-not-meant = 学生表示当时不是那个意思。
staff-card-some-not-meant = 学生表示其中有些话不是那个意思，已标在那些话旁边。
staff-card-degraded = 只经过词表筛查，模型没有回应。
staff-card-blocked = ⚠ 学生已屏蔽机器人，回复发不到 TA 那里。
staff-card-undelivered = ⚠ 有写给学生的内容没有送到，原话里已标出。
staff-card-no-code = 没有出示校园码，可能不是本校学生。

staff-signal-mention = 提到相关话题
staff-signal-passive-ideation = 希望自己不在了
staff-signal-hopelessness = 看不到希望
staff-signal-active-ideation = 有自杀想法
staff-signal-self-harm = 自伤
staff-signal-past-attempt = 曾经尝试过
staff-signal-method-query = 询问方法
staff-signal-plan = 有计划
staff-signal-means = 手边有可能用来自伤的东西
staff-signal-place = 身处危险的地方
staff-signal-preparation = 正在做准备
staff-signal-farewell = 在告别
staff-signal-time = 提到具体时间
staff-signal-act-under-way = 可能正在实施
staff-signal-concern-for-other = 担心别人
staff-signal-pact = 与他人相约
staff-signal-eating-disorder = 进食障碍的迹象
staff-signal-violence-suffered = 遭受暴力
staff-signal-threat-to-others = 威胁他人
staff-signal-abuse-of-peer = 攻击他人
staff-signal-model = 整段话的语气
staff-signal-unknown = 其他迹象
staff-labelled-true = 已记录：确实有风险。
staff-labelled-false = 已记录：误报。级别不变。

## 原话和记录

staff-words-opening = 请稍等……
staff-words-title = <b>{ $case }</b>
staff-words-from-student = { $at } · 学生{ $part }{ $level ->
    [none] {""}
   *[other] {" "}· { $says }
}
staff-words-to-student = { $at } · { $name }
staff-words-undelivered = {" "}· ⚠ 没有送到
staff-words-not-meant = {" "}· 学生说不是那个意思
staff-part-text = {""}
staff-part-caption = （图片说明）
staff-part-edit = （修改后）
staff-part-reply = （引用）
staff-part-button = （按钮）
staff-part-media = （投票等内容里的文字）
staff-mark-photo = （发来一张图片；扶手不转发图片）
staff-mark-video = （发来一段视频；扶手不转发视频）
staff-mark-voice = （发来一段语音或声音；扶手不转发录音）
staff-mark-sticker = （发来一个贴纸；扶手不转发贴纸）
staff-mark-document = （发来一个文件；扶手不转发文件）
staff-mark-place = （发来一个位置；扶手不转发位置）
staff-mark-contact = （发来一个联系人；扶手不转发联系人）
staff-mark-other = （发来一条不是文字的内容；扶手不转发）
staff-mark-unkept-words = （级别来自学生同意之前写的话。那些话没有保存，请直接问一问。）
staff-words-none = 这个个案里还没有内容。
staff-words-nothing-new = 没有新内容，之前都打开过了。
staff-not-writing = 这个个案不由你负责，你写的内容不会发给这位学生。
staff-notes-title = <b>{ $case }</b> · 记录
staff-note-mark = { $at } · { $name }
staff-notes-none = 还没有记录。

## 对话

staff-writing-in = ✎ 正在写给 <b>{ $case }</b>：你输入的内容会发给这位学生。
staff-on-its-way = 正在送出 · <b>{ $case }</b>。要是没有送到，会在这里告诉你。下一条也会发到这里。
staff-sent-blocked = ⚠ <b>{ $case }</b>：学生已屏蔽机器人，你这条消息现在送不到。请想想别的联系办法。
staff-sent-unopened = 学生被标记的话你还没打开看，看过之前，这个个案仍算没有回应。
staff-not-sent = 你的内容没有发给任何人。
staff-no-talk = 没有打开的对话，你的内容没有发给任何人。
staff-own-cases = 你负责的个案：
staff-no-own-cases = 你名下没有个案。用 /queue 看看谁在等。
staff-replied-elsewhere = 没有发送：你回复的是 { $there }，但正在写给 { $here }。请选定一个，再发一次。
staff-left = 已离开 <b>{ $case }</b> 的对话，你输入的内容不会发给任何人。
staff-nothing-open = 没有打开的对话，不需要取消。
staff-note-ask = 你的下一条内容会记为 <b>{ $case }</b> 的记录，学生看不到。
staff-note-kept = 记录已保存 · <b>{ $case }</b>。对话没有打开，继续输入前请先选择。
staff-only-text = 只能转发文字，这条没有发给任何人。
staff-edit-not-passed = 修改不会转给学生，TA 看到的还是原来那条。有必要的话，请再发一条。
staff-unknown-command = 没有这个命令，也没有发给任何人。用 /help 查看可用的命令。
staff-not-here-yet = 这个功能还没有做好，也没有发给任何人。用 /help 查看现在有的。

## 常用回复

staff-canned-choose = 给 <b>{ $case }</b> 选一条回复，发送前可以先看。
staff-canned-preview = 发给 <b>{ $case }</b>，用学生的语言。这个个案的对话已打开。

## 放回与结案

staff-release-ask =
    要把 <b>{ $case }</b> 放回队列吗？

    值班的人可以接手；学生会收到通知，知道对话已交回团队、还没有人接上。

staff-close-choose = <b>{ $case }</b> 的结果是？
staff-close-confirm =
    以“{ $reason }”结束 <b>{ $case }</b> 吗？

    学生会收到通知，大约 { $hours } 小时后会问问 TA 怎么样。
staff-close-unread =
    <b>{ $case }</b> 还没有结案：有 { $n } 条内容没有人打开过。

    请先看一下。结案以后，就不会再有人看到了。
staff-disposition-supported = 已交谈并支持
staff-disposition-appointment = 已预约
staff-disposition-referred-out = 已转介
staff-disposition-emergency = 已联系急救
staff-disposition-unreachable = 联系不上
staff-disposition-false-alarm = 误报

## 呼叫

staff-on-it = <b>{ $case }</b>：{ $at } 起由你处理，呼叫已停止。
staff-on-it-already = <b>{ $case }</b>：已有同事在处理，但还没有人接手。
staff-on-it-taken = <b>{ $case }</b>：{ $name } 已接手。
staff-on-it-mine = <b>{ $case }</b>：由你负责。
staff-on-it-closed = <b>{ $case }</b> 已结案。

## 帮助

staff-help = 你的身份是<b>{ $role }</b>。
staff-help-desk =
    只有打开对话时，你输入的内容才会发给学生，每次确认都会写明个案编号。只能转发文字。
    原话点开才显示；每次打开都有记录，学生也能看到。你在这里写的，以及与学生有关的内容，都会在 { $hours } 小时后从这里删除，请不要另行复制。
staff-help-admin = 在 /oncall 里可以查看全部工作人员，也可以收回权限。新成员的邀请码在服务器上生成：python -m bot invite --role counselor
staff-command-start = 凭一次性邀请码开始
staff-command-help = 我能做什么
staff-command-cancel = 离开当前对话
staff-command-queue = 未结个案，最紧急的在前
staff-command-case = 按编号查看个案
staff-command-oncall = 开始或结束值班，看看还有谁
staff-command-oncall-admin = 谁在值班，有哪些工作人员
staff-command-name = 学生看到的称呼
staff-command-language = 中文或英文

## 按钮

staff-button-on-it = 我来处理
staff-button-take = 接手
staff-button-card = 卡片
staff-button-open = 卡片
staff-button-read = 查看
staff-button-words = 打开原话
staff-button-write = 写给学生
staff-button-write-in = 写给 { $case }
staff-button-leave = 离开对话
staff-button-note = 写记录
staff-button-details = 详细依据
staff-button-notes = 查看记录
staff-button-canned = 常用回复
staff-button-release = 放回队列
staff-button-give = 是，放回队列
staff-button-keep = 先留着
staff-button-give-back = 放回 { $case }
staff-button-close = 结案
staff-button-close-yes = 确认结案
staff-button-true = 确有风险
staff-button-false = 误报
staff-button-queue = 返回队列
staff-button-open-queue = 打开队列
staff-button-previous = ◀ 上一页
staff-button-next = 下一页 ▶
staff-button-refresh = 刷新
staff-button-back = 返回
staff-button-send = 发送
staff-button-name-yes = 是，这是我的称呼
staff-button-on-4 = 值班 4 小时
staff-button-on-8 = 值班 8 小时
staff-button-on-0 = 值一个整班
staff-button-go-on = 我在，接着值班
staff-button-off = 结束值班
staff-button-roster = 工作人员
staff-button-revoke = 收回权限：{ $name }
staff-button-revoke-yes = 确认收回权限
