### 学生使用的机器人。
### reviewed_by:
### reviewed_on:

bot-name = 扶手
bot-short-description = 给同学的一个安静角落，可以写写心里话。
bot-description = 给同学的一个安静角落：记一下今天的状态，或者不留姓名地和学校的咨询师聊聊。这里不是急救服务。
command-menu = 全部功能
command-mood = 今天怎么样
command-counselor = 和咨询师聊聊
command-crisis = 现在就能打的求助电话
command-privacy = 保存了什么、谁看过
command-settings = 语言、时区、免打扰
command-help = 这是什么
command-cancel = 退出当前操作

## Buttons

button-back = 返回
button-cancel = 取消
button-menu = 菜单
button-skip = 跳过
button-next = 就用这个
button-talk-now = 我现在想找人聊聊
button-talk-with-words = 把这些话发给咨询师
button-mood = 今天怎么样
button-mood-menu = 今天怎么样
button-look = 先随便看看
button-numbers = 求助电话
button-more-numbers = 更多电话
button-begin = 开始设置
button-go-on = 继续设置
button-agree = 同意
button-not-now = 先不了
button-terms = 阅读并同意
button-consent-more = 说详细点
button-help-yes = 好，转给咨询师
button-help-yes-words = 好，把我写的转给咨询师
button-send-words = 把这段话发给咨询师
button-about-me = 说的其实是我自己
button-not-meant = 我不是那个意思
button-settings = 设置
button-privacy = 隐私
button-consent = 我的话怎么处理
button-help = 这是什么？
button-language = 语言
button-zone = 时区
button-quiet = 免打扰
button-region = 我在哪里
button-name = 称呼
button-code = 校园码
button-name-yes = 是的，就叫这个
button-another-name = 换一个
button-statistics-on = 愿意计入匿名统计
button-statistics-off = 不计入统计
button-mood-off = 不再保存心情
button-take-back = 不想继续用了
button-take-back-yes = 是的，撤回
button-better = 好一点了
button-same = 差不多
button-worse = 更难受了

## First screens

first-hello =
    <b>你好。</b>在这里写什么都不用留名字。
first-not-emergency = 这里不是急救服务。有危险的话请直接打电话，比在这里写更快。
duty-now = 现在有咨询师值班。
duty-nobody = 现在没有咨询师值班。你发给他们的话会好好留着，等有人上班。
duty-hours = 有人的时间：{ $hours }。
look =
    <b>在这里你可以</b>

    · 点一下，记下今天的心情。
    · 给学校的咨询师写信。他们看得到你写的话，看不到你是谁。
    · 找到你所在地可以打的电话。

    设置大约一分钟，随时可以停。
age-question = <b>第 { $step } 步，共 { $total } 步。</b>你多大了？这关系到我们能为你提供什么。
age-adult = { $age } 岁及以上
age-minor = { $youngest } 到 { $oldest } 岁
age-young = 不到 { $age } 岁
too-young = 谢谢你告诉我们。这个服务暂时还不能对你开放，我们什么都没有保存。要是心里有事，别一个人扛着：下面的电话你也可以打，也可以请爸妈、老师或者信得过的大人陪你一起打。
too-young-known = 谢谢你告诉我们。这一部分暂时还不能对你开放。要是心里有事，别一个人扛着：下面的电话你也可以打，也可以请爸妈、老师或者信得过的大人陪你一起打。
region-question = <b>第 { $step } 步，共 { $total } 步。</b>你现在在哪里？这决定我们给你看哪里的电话。
consent-short =
    <b>第 { $step } 步，共 { $total } 步。写之前先说清楚</b>

    · 你写的内容会加密保存，点过心情的话，心情也一样。用不到的内容，几天后就删掉。
    · 每条消息都会由程序检查有没有危险的迹象，它也会看走眼。
    · 程序觉得有危险，或者你自己提出来，咨询师才会看你写的话。每看一次都有记录，你查得到。
    · 我们不会告诉任何人你是谁。只有生命有危险时，咨询师才可能想办法联系到你，也会尽量让你知道。
    · Telegram 机器人聊天不是端到端加密的，技术上 Telegram 能看到内容。
consent-words-along = <b>你刚才写的那些</b>，听起来你心里很难受。你同意以后，会马上转给咨询师。
consent-long =
    <b>保存什么。</b>你的消息、点选和设置，用一把只属于你的密钥加密。哪个 Telegram 账号是你的，和你写的话分开存放。没有进入咨询对话的内容，几天后删除。

    <b>程序。</b>每条消息都会由程序检查，看你或别人是不是有危险。它有时会多心，有时会漏掉。

    <b>谁会看。</b>平时没有人看。你找咨询师，或者程序觉得有危险时，咨询师才能打开你的话。在“隐私”里能看到谁在什么时候看过。

    <b>什么时候会打破保密。</b>当生命有危险时，咨询师可能会请别人一起来帮你，并尽量让你知道。

    <b>我们保证不了的。</b>Telegram 机器人聊天不是端到端加密的；拿到你手机的人也能看到这个聊天。

    随时可以在“隐私”里再看这些内容。
enrol-later = 你写的话会直接转给咨询师，目前还没有人接手。称呼和免打扰以后再设也行。
terms-changed =
    <b>我们的说明更新了：</b>你写的话怎么保存、怎么检查、谁会看。方便的时候看一看。在你同意之前，仍然按你原来同意的算；同不同意，找咨询师、查电话都不受影响。
enrol-step = <b>第 { $step } 步，共 { $total } 步。</b>
enrol-code = 请发送学校给你的校园码。它只说明你是这里的学生，不会说明你是谁。也可以先跳过，之后在“设置”里补；不影响找咨询师和查电话。
enrol-name = 在这里你叫<b>{ $name }</b>。可以就用它，也可以换一个，或者自己写一个。请不要用真名。
enrol-zone = <b>你在哪个时区？</b>
enrol-quiet = <b>什么时候别打扰你？</b>这段时间里，提醒和问候会静悄悄地来，不出声。咨询师的回复不受影响，随时会到。跳过的话，就按现在的：{ $kept }。

## Help first

help-consent = 你写的话会加密保存，由程序检查有没有危险；我们不会告诉咨询师你的名字和号码。可以让咨询师看你写的话吗？
help-agreed = 谢谢你。你的请求正在转给咨询师，从现在起写的都会一起转过去。之前写的没有保存，想让 TA 知道的话，请再写一遍。
help-agreed-words = 谢谢你。你写的话正在转给咨询师，可以继续往下写。
case-opened = 收到了。想到什么就写什么，咨询师来了都能看到。
case-waiting = 还没有咨询师接手。你可以接着写，有人来了都能看到。
case-with = 你正在和<b>{ $name }</b>聊，直接写就好。
a-counselor = 咨询师
said-with = 已经转给{ $name }。
said-waiting = 谢谢你接着写，这些也放到一起了。还没有咨询师接手；有人来了，都能看到。
said-waiting-more = 要是等着太难受，/crisis 里有现在就能打的电话。
said-edit = 你的修改也一起转过去了。
words-heard = 谢谢你写下来。还没有人看过。想让咨询师看看吗？
friend-help =
    听起来你在担心一个人，这本身就很不容易。

    · 可以直接问 TA 是不是想过结束生命。问出口不会让人更想做。
    · 陪着 TA，或者请人陪着；在你自己安全的前提下，把危险的东西拿开。
    · 如果现在就可能出事，打急救或报警电话，说清楚 TA 在哪里。

    不用一个人应付，咨询师可以和你一起想办法。
other-now =
    现在可能有人有危险。

    · 请马上打上面的电话，说清楚 TA 在哪里。自己不方便打，就请身边的人打。
    · 在你自己安全的前提下陪着 TA，别让 TA 一个人待着，把药、刀、绳子拿远。
    · 如果 TA 吃了东西或者叫不醒，告诉急救人员吃了什么、多少，照他们说的做，不要催吐。
    · 如果有人要伤害别人，先离开，不要上前，再报警。

    请先打电话，不要等这里的回复。
other-now-send = 还没有人看过你写的话。点下面的按钮就会转给咨询师，并马上呼叫值班的人。
other-now-stranger = 这些话没有存下来：再点一下，会先问你愿不愿意让咨询师看。
sent-calling = 正在带着你写的话呼叫值班的咨询师。在你自己安全的前提下，请陪着 TA。如果还没有人打急救或报警电话，请先打。
about-me-heard = 谢谢你告诉我们，说的是你自己，这并不容易。如果现在就有生命危险，请先打上面的电话。
not-meant-heard = 谢谢你告诉我们，已经记在你那段话旁边了。接手的咨询师两样都会看到，除此之外不会有别的事。
not-meant-with = 谢谢你告诉我们，已经记在你那段话旁边了，{ $name }看得到。
stranger-flagged = 谢谢你愿意写下来。听起来你心里很难受，自动识别危险的程序注意到了这些话。还没有人看过，也没有存下来。你说可以，咨询师才会看：点下面的按钮，或者一小时内完成设置、同意这里的说明。
stranger-imminent =
    如果已经吃了药或者伤了自己，请现在就打急救电话，哪怕觉得没什么事。身边有人的话，也告诉 TA。

    谢谢你愿意写下来。自动识别危险的程序注意到了这些话。还没有人看过，也没有存下来：点下面的按钮，再确认一次，就会转给咨询师。请先打电话，不要等这里的回复。
stranger-low = 谢谢你写下来。听起来你最近心里很难受，不用一个人扛着：在这里可以找咨询师聊聊，求助电话也点一下就有。刚才的话没有存下来，也还没有人看过；找了咨询师之后再写的，TA 才会看到。
not-kept-yet = 谢谢你写下来。你同意之后，写的话才会保存，所以刚才这些没有存下来，也没有人看到。接下来可以这样：
media-not-passed-on = 谢谢你发来。语音、图片、贴纸和文件没法检查有没有危险，所以我们没有保存，也没有转给别人。可以的话，用文字写给我们。着急的话，请先打电话。
media-words-only = 一起发来的文字收到了。图片、语音或文件本身没法检查有没有危险，所以没有保存，也没有转给别人。
media-noted = 谢谢你发来。语音、图片、贴纸和文件没法检查有没有危险，所以我们没有保存，也没有转给别人；咨询师只会看到你发过一样东西。可以的话，用文字写给我们。着急的话，请先打电话。
place-noted = 位置和联系人没法从这里转过去，咨询师只会看到你发过。要是想让人知道你在哪里、怎么找到你，请用文字写下来。着急的话，先打急救或报警电话。
place-not-passed-on = 位置和联系人没法从这里转过去。要是想让人知道你在哪里、怎么找到你，请用文字写下来。着急的话，先打急救或报警电话。
not-here-yet = 这个功能还没有做好。菜单里能看到现在有的。
own-data-not-yet = 抱歉，现在还不能在这里导出或者清除全部内容。没有进入咨询对话的内容，{ $days } 天后会自动删除。你同意过什么、谁看过你的话，用 /privacy 能看到。
unknown-command = 没有这个命令。菜单里能看到全部功能。

## Letters that arrive by themselves

out-card = 谢谢你愿意写在这里，能写出来很不容易。你不是一个人，我们想陪你先把眼下这一阵撑过去。请现在就从下面选一个电话打过去，打完可以回来接着写。
out-card-why = 从这些话听起来，你可能有生命危险，自动识别危险的程序注意到了。
out-card-other = 谢谢你写下这件事。现在可能有人有危险：如果还没有人打电话，请先打其中一个。
out-card-stay = 如果已经吃了药或者伤了自己，请先打急救电话。可以的话，继续在这里写。
out-flag-notice =
    谢谢你愿意写在这里，你说的话对我们很重要。想到什么都可以接着写，不用挑词，不用着急，写得乱也可以，写到一半停下来也可以。

    听起来你心里很难受，自动识别危险的程序注意到了这些话。
out-nobody-yet =
    你好，又是我们，没有忘了你。从刚才到现在，这边一直在一个一个地叫人，只是到这会儿还没有人能回你；我们会接着叫，不会停下来。

    请别只等我们，现在就打下面的电话；有固定时间的，旁边写着几点到几点。
told-your-counselor = 已经告诉正在和你聊的咨询师，TA 能看到这些话。
told-on-call = 已经告诉值班的咨询师，他们可以打开这些话，但看不到你是谁。谁看过，用 /privacy 查得到。
told-before = 值班的咨询师知道你在等，刚才这些话也放在一起，他们打开就能看到，但看不到你是谁。谁看过，用 /privacy 查得到。
told-nobody-on-call = 现在没有咨询师值班。你的话会留给下一位，TA 看不到你是谁。在那之前，请先打电话；有固定时间的，旁边写着几点到几点。
out-case-opened = 你好，告诉你一声：你发来的已经收到，好好存着了。想到什么随时接着写，长短都行，写得乱也没关系；一有回音，就会发到这里来。
out-case-taken = <b>{ $name }</b>来了，直接写就好。
out-case-released = 你好，告诉你一声：这里的对话现在交回给整个团队了。<b>{ $name }</b>暂时没法继续，目前还没有人接上。之前写的都留着，接的人看得到，不用从头说起；想到什么，随时接着写在这里。
out-case-returned = 你好，告诉你一声：这里的对话已经交回给整个团队，目前还没有人接上；之前写的都好好留着，不用从头说起，想到什么，随时可以接着写。
duty-others = 正在联系值班的咨询师。要是等不到有人来：
duty-no-other = 现在没有其他咨询师值班，什么时候有人接上，我们说不准。要是等不了：
out-case-closed = 你好，这次就先聊到这里，谢谢你愿意说出来，也谢谢你一直写到现在。往后什么时候想写，直接写在这里就可以，门一直开着；明天我们可能会来问一声你怎么样。想再找咨询师，用 /counselor；难受得等不了，下面的按钮里有电话。
out-follow-up = 你好，来问一声，今天过得怎么样？
maybe-repeated = （这条可能之前已经收到过。）
follow-up-better = 太好了。要是又有变化，你知道在哪里找我们。
follow-up-same = 谢谢你告诉我们。想再聊聊的话，直接写，或者用 /counselor。
follow-up-worse = 谢谢你告诉我们，今天更难熬，辛苦了。已经重新转给咨询师，目前还没有人接手。想到什么就写什么。
follow-up-told = 谢谢你告诉我们。已经告诉正在和你聊的咨询师，想到什么就写什么。

## Mood

mood-consent = 每天点一下，加密保存，只给你自己看：不要名字，不要地点，也不用写字。要记下来吗？
mood-question = 今天怎么样？
mood-kept =
    记下了。最近几天：

    { $list }
mood-offer-help = 今天好像不太好过，谢谢你告诉我们。想说说的话，点下面的按钮，可以写给咨询师。

## Menu, settings, privacy, help

menu-title = <b>{ $name }</b>，现在想做点什么？
settings-text =
    <b>设置</b>

    在这里的称呼：{ $name }
    语言：{ $language }
    时区：{ $zone }
    免打扰：{ $quiet }
    电话按：{ $region }
region-not-chosen = 还没选，先按{ $region }显示
language-question = 用哪种语言？
zone-question = 你在哪个时区？
numbers-question = 你现在在哪里？这决定给你看哪里的电话。
code-question = 请发送学校给你的校园码。它只说明你是这里的学生，不会说明你是谁。
quiet-question = 什么时候别打扰你？
quiet-none = 不设免打扰
form-in-case = 现在写的话都会转给咨询师，称呼可以以后再设。校园码单独发一条就行，照样有效。
name-is-this-it = 这是想用的称呼，还是有话想告诉我们？
name-question = 在这里怎么称呼你？请不要用真名，最多 24 个字。
privacy-text =
    <b>你同意过</b>
    { $agreed }

    <b>谁看过你的话</b>
    { $opened }

    没有进入咨询对话的内容，{ $days } 天后删除。
access-none = 还没有人看过。
access-words = { $at }：{ $name }看了你的话
access-notes = { $at }：{ $name }看了你的个案记录
purpose-service = 使用这个服务
purpose-screening = 由程序检查消息里的危险迹象
purpose-counselor-access = 咨询师查看有危险或你发去的内容
purpose-help-first = 咨询师看你写的话
purpose-mood = 保存你的心情记录
purpose-statistics = 匿名统计
take-back-statistics = 撤回之后，你在这里做的事不再计入统计。之前计入的会留着：上面只有一个代号，没有你的名字，也没有你写的话。
take-back-mood = 撤回之后不再保存你的心情，之前点过的也会马上删掉。想重新开始，随时都可以。
take-back-needed =
    <b>不想继续用的话</b>

    · 不再写就好，也可以屏蔽这个机器人。不用说理由，想回来随时可以回来。
    · 心情记录和匿名统计可以在“隐私”里单独停掉。
    · 没有进入咨询对话的内容，{ $days } 天后会自动删除。

    现在还做不到的：在这里清除其余的内容，很抱歉。保存你写的话、检查有没有危险、让咨询师看得到，这三样连在一起，没法单独停掉其中一样。

    /crisis 里的电话，你随时都可以打。
help-text =
    <b>这是什么</b>

    学校办的一个安静角落，可以写写心里话。在这里你没有名字。

    /mood  点一下：今天怎么样
    /counselor  和咨询师聊聊
    /crisis  现在可以打的电话
    /privacy  保存了什么、谁看过
    /settings  语言、时区、免打扰
    /menu  全部功能
    /cancel  退出当前操作

    这里不是急救服务。也没有程序假装成人：咨询师写给你时，你会看到 TA 自己取的称呼。
redraw-menu = 刚才中断了一下。你写的都没有丢。
redraw-case = 刚才中断了一下。你写的都没有丢，可以接着写。
