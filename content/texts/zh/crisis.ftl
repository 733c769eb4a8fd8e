### reviewed_by:
### reviewed_on:

crisis-title = 现在就能找到的帮助
crisis-emergency-one = <b>有生命危险：马上拨 { $ambulance }</b>
crisis-emergency-two = <b>有生命危险：急救 { $ambulance }，报警 { $police }</b>
crisis-emergency-fire = 火警：{ $fire }
crisis-short-one = 有危险，拨 { $ambulance }。想找人说说话：{ $line }。这里不是急救服务。
crisis-short-one-bare = 有危险，拨 { $ambulance }。想说说话：{ $line }。
crisis-short-two = 有危险：急救 { $ambulance }，报警 { $police }。想找人说说话：{ $line }。这里不是急救服务。
crisis-short-two-bare = 有危险：急救 { $ambulance }，报警 { $police }。想说说话：{ $line }。
crisis-pinned-note = 机器人出故障时，这些电话照样能打。接听时间可能有变，发 /crisis 看现在谁在。
crisis-contact-sms = 发短信到 { $value }
crisis-contact-sms-keyword = 发短信“{ $keyword }”到 { $value }
crisis-contact-whatsapp = WhatsApp { $value }
crisis-contact-chat = 网上：{ $value }
crisis-contact-email = { $value }
crisis-contact-app = { $value }
crisis-contact-letter = 写信：{ $value }
crisis-contact-textphone = 文字电话 { $value }
crisis-hours-always = 全天 24 小时
crisis-hours-daily = 每天 { $times }
crisis-hours-unknown = 没写明时间
crisis-mon = 周一
crisis-tue = 周二
crisis-wed = 周三
crisis-thu = 周四
crisis-fri = 周五
crisis-sat = 周六
crisis-sun = 周日
crisis-open-now = 现在有人接
crisis-closed-now = 现在没人接
crisis-checked = 学校 { $date } 核对过
crisis-unchecked = 资料日期 { $date }，学校还没核对
crisis-unchecked-undated = 资料没写日期，学校还没核对
crisis-static-note = 也可以去最近的医院，或者找一个你信任的人。这件事不用一个人扛。
crisis-store-down = 我们这边出了点故障，咨询师可能没法马上看到你的话。现在请先打上面的电话。
