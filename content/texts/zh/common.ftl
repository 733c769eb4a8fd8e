### 两个机器人共用。

language-name = 简体中文
not-through = 我们这边出了点问题，你刚才发的没有送到。请再发一次；如果情况紧急，请发 /crisis。
refusal-outdated = 这个按钮已经过时了。现在的情况是这样的：
refusal-not-staff = 这里是工作人员使用的。如果有人邀请了你，请发送拿到的邀请码。
refusal-not-allowed = 你的角色不能做这一步，请能做这一步的同事来做；角色在这里改不了。
refusal-not-yours = 这个个案由同事在跟进。
refusal-taken = 同事刚刚接下了这个个案。
refusal-unknown-code = 没有找到这个码。请逐个字母核对一下，或者再要一个新的。
refusal-used-code = 这个码已经用过了。每个码只能用一次，请再要一个新的。
refusal-expired-code = 这个码已经过期，请再要一个新的。
refusal-already-staff = 你已经加入了。
refusal-no-consent = 这一步需要先得到你的同意。
refusal-too-long = 有点太长了，请写短一些。
refusal-empty = 里面没有内容，写几个字就好。
refusal-bad-value = 这里不能这样填，请点下面的按钮选择。
refusal-bad-name = 这个名字里没有能显示的字，请用文字来写，例如：林老师
refusal-own-case = 这是您自己的个案，由同事来跟进，您在这里看不到。想说的话，可以继续在学生机器人里写。
refusal-last-admin = 这是最后一位管理员，权限先保留。请先让另一位管理员加入：邀请码由管理服务器的人生成。
refusal-no-case = 现在没有正在进行的对话。
