### reviewed_by:
### reviewed_on:

crisis-title = Help right now
crisis-emergency-one = <b>Danger to life: call { $ambulance }</b>
crisis-emergency-two = <b>Danger to life: ambulance { $ambulance }, police { $police }</b>
crisis-emergency-fire = Fire: { $fire }
crisis-short-one = In danger? Call { $ambulance }. To talk to someone: { $line }. This bot is not an emergency service.
crisis-short-one-bare = In danger? Call { $ambulance }. To talk: { $line }.
crisis-short-two = In danger? Ambulance { $ambulance }, police { $police }. To talk to someone: { $line }. This bot is not an emergency service.
crisis-short-two-bare = In danger? Ambulance { $ambulance }, police { $police }. To talk: { $line }.
crisis-pinned-note = These numbers work even when this bot is down. Hours may have changed: /crisis shows what answers now.
crisis-contact-sms = text { $value }
crisis-contact-sms-keyword = text { $keyword } to { $value }
crisis-contact-whatsapp = WhatsApp { $value }
crisis-contact-chat = online: { $value }
crisis-contact-email = { $value }
crisis-contact-app = { $value }
crisis-contact-letter = by letter: { $value }
crisis-contact-textphone = textphone { $value }
crisis-hours-always = day and night
crisis-hours-daily = { $times } every day
crisis-hours-unknown = hours not stated
crisis-mon = Mon
crisis-tue = Tue
crisis-wed = Wed
crisis-thu = Thu
crisis-fri = Fri
crisis-sat = Sat
crisis-sun = Sun
crisis-open-now = open now
crisis-closed-now = closed now
crisis-checked = checked by your university on { $date }
crisis-unchecked = as of { $date }, not yet checked by your university
crisis-unchecked-undated = undated source, not yet checked by your university
crisis-static-note = You can also go to the nearest hospital, or to somebody you trust. You do not have to be alone with this.
crisis-store-down = Something on our side is down just now, so a counselor may not see your message at once. Please use the numbers above.
