### The student bot.
### reviewed_by:
### reviewed_on:

bot-name = Handrail
bot-short-description = A quiet place to write, for students.
bot-description = A quiet place for students: say how you are, or talk with a counselor of your university without giving your name. Not an emergency service.
command-menu = Everything in one place
command-mood = How am I today
command-counselor = Talk with a counselor
command-crisis = Numbers that help right now
command-privacy = What is kept and who read it
command-settings = Language, time zone, quiet hours
command-help = What this is
command-cancel = Leave what is open

## Buttons

button-back = Back
button-cancel = Cancel
button-menu = Menu
button-skip = Skip
button-next = That's fine
button-talk-now = I need to talk now
button-talk-with-words = Send this to a counselor
button-mood = How am I today
button-mood-menu = How am I today
button-look = Just looking
button-numbers = Help numbers
button-more-numbers = More numbers
button-begin = Set it up
button-go-on = Go on setting up
button-agree = I agree
button-not-now = Not now
button-terms = Read and agree
button-consent-more = Tell me more
button-help-yes = Yes, to a counselor
button-help-yes-words = Yes, send my words to a counselor
button-send-words = Send this to a counselor
button-about-me = This is about me
button-not-meant = I didn't mean it that way
button-settings = Settings
button-privacy = Privacy
button-consent = How we treat your words
button-help = What is this?
button-language = Language
button-zone = Time zone
button-quiet = Quiet hours
button-region = Where I am
button-name = Name
button-code = Campus code
button-name-yes = Yes, call me that
button-another-name = Another one
button-statistics-on = Count me in anonymous statistics
button-statistics-off = Leave me out of statistics
button-mood-off = Stop keeping my mood
button-take-back = Leaving this service
button-take-back-yes = Yes, take it back
button-better = A bit better
button-same = About the same
button-worse = Worse

## First screens

first-hello =
    <b>Hello.</b> You can write here without giving your name.
first-not-emergency = This is not an emergency service. In danger, please call: that is faster than writing here.
duty-now = A counselor is on duty now.
duty-nobody = No counselor is on duty right now. What you send them is kept until one is back.
duty-hours = People are there: { $hours }.
look =
    <b>What you can do here</b>

    · Note how you are with one tap.
    · Write to a counselor of your university. They see what you write, not who you are.
    · Find numbers to call, for where you live.

    Setting it up takes about a minute. You can stop at any time.
age-question = <b>{ $step } of { $total }.</b> How old are you? It decides what we may offer you.
age-adult = { $age } or older
age-minor = { $youngest } to { $oldest }
age-young = Younger than { $age }
too-young = Thank you for telling us. This service isn't open to you yet, and we have stored nothing. If something weighs on you, you don't have to carry it alone: the numbers below are for you as well, and a parent, a teacher or somebody else you trust can call with you.
too-young-known = Thank you for telling us. This part of the service isn't open to you yet. If something weighs on you, you don't have to carry it alone: the numbers below are for you as well, and a parent, a teacher or somebody else you trust can call with you.
region-question = <b>{ $step } of { $total }.</b> Where are you just now? It decides which numbers we show.
consent-short =
    <b>{ $step } of { $total }. Before you write</b>

    · What you write is stored encrypted, and so are your mood taps if you make some. Words that nobody needs are deleted after a few days.
    · Software reads every message for signs of danger. It can be wrong.
    · If it sees danger, or if you ask, a counselor reads your words. Each time is noted, and you can see it.
    · We don't tell anybody who you are. Only if a life is in danger may a counselor try to find out how to reach you, and will tell you if at all possible.
    · Telegram bot chats are not end-to-end encrypted: Telegram could technically read them.
consent-words-along = <b>What you wrote a moment ago</b> sounded very heavy. If you agree, it goes to a counselor right away.
consent-long =
    <b>What is stored.</b> Your messages, taps and settings, encrypted with a key of your own. Which Telegram account is yours is stored apart from your words. Words outside a conversation with a counselor are deleted after a few days.

    <b>Software.</b> Every message is checked by a program for signs that you or somebody else may be in danger. It makes mistakes in both directions.

    <b>Who reads.</b> Nobody, unless you ask for a counselor or the program sees danger. Then counselors can open your words. Under Privacy you see who did and when.

    <b>When confidentiality ends.</b> If there is danger to life, a counselor may involve others to help you, and tells you so if at all possible.

    <b>What we can't promise.</b> Telegram bot chats are not end-to-end encrypted. Somebody holding your phone can read this chat.

    You can read this again at any time under Privacy.
enrol-later = Your words go straight to the counselors; nobody has taken them up yet. A name and quiet hours can wait.
terms-changed =
    <b>Our terms have a new version</b>: how we keep, check and read what you write. Please read them when you have a moment. Until you agree, what you agreed to before still counts, and a counselor and the numbers can be reached either way.
enrol-step = <b>{ $step } of { $total }.</b>
enrol-code = Please send the campus code you were given. It shows that you belong here, not who you are. You can skip this and send it later under Settings; talking with a counselor and the numbers work without it.
enrol-name = Here you are called <b>{ $name }</b>. Keep it, take another one, or write a name of your own. Please not your real one.
enrol-zone = <b>What time zone are you in?</b>
enrol-quiet = <b>When should we stay quiet?</b> Reminders and our own questions then come without a sound. Answers of a counselor come through at any time. If you skip this, it stays as it is: { $kept }.

## Help first

help-consent = What you write here is stored encrypted and checked by a program for danger; counselors don't learn your name or number from us. May a counselor read what you write?
help-agreed = Thank you. Your request is on its way to the counselors. What you write from here on goes with it; what you wrote before was not kept, so please say it again if they should know.
help-agreed-words = Thank you. What you wrote is on its way to the counselors. You can keep writing here.
case-opened = Your request is in. Write here whenever you like; a counselor sees all of it when they come.
case-waiting = No counselor has taken this up yet. You can write on here; whoever comes sees all of it.
case-with = You are in touch with <b>{ $name }</b>. Just write here.
a-counselor = a counselor
said-with = Passed on to { $name }.
said-waiting = Thank you for writing on. It is with your other words now. No counselor has come yet; whoever comes reads all of it.
said-waiting-more = If waiting gets too hard, /crisis has people you can call right now.
said-edit = Your change was passed on as well.
words-heard = Thank you for writing that. No person has read it. Would you like a counselor to see it?
friend-help =
    It sounds as if you worry about somebody. That is a lot to carry.

    · Ask them openly whether they think of ending their life. Asking does not put the idea there.
    · Stay with them, or ask somebody to, and move dangerous things away if it is safe for you.
    · If it could happen now, call the emergency number and say where they are.

    You don't have to handle it alone: a counselor can think it through with you.
other-now =
    Somebody may be in danger right now.

    · Call the number above and say where they are. If you can't, ask somebody near you to call.
    · If it is safe for you, stay with them and don't leave them alone. Move pills, blades and ropes out of reach.
    · If they took something or won't wake up, tell the ambulance what and how much, and do what they say. Don't make them throw up.
    · If somebody means to hurt others, get away first and don't face them; then call.

    Please call first, and don't wait for an answer here.
other-now-send = Nobody has read your words yet. With the button below they go to a counselor, and whoever is on duty is called at once.
other-now-stranger = They are not stored: one more tap asks whether a counselor may read them.
sent-calling = We are calling whoever is on duty with your words now. Please stay with them if it is safe for you. If nobody has called the emergency number yet, please do that first.
about-me-heard = Thank you for telling us that it is about you. That took something. If your life is in danger now, please call the number above first.
not-meant-heard = Thank you for saying so. It stands next to your words now. The counselor who takes this up sees both; nothing else follows from it.
not-meant-with = Thank you for saying so. It stands next to your words now, and { $name } sees it there.
stranger-flagged = Thank you for writing this. Some of it sounds very heavy; a program that checks for danger noticed. Nobody has read it, and it is not stored. A counselor reads it only if you say yes: with the button below, or by agreeing within the hour to how this place works.
stranger-imminent =
    If you have taken something or hurt yourself, call the emergency number now, even if you feel all right. If somebody is near, tell them.

    Thank you for writing this. A program that checks for danger noticed your words. Nobody has read them yet, and they are not stored: with the button below and one more tap they go to a counselor. Please call first, and don't wait for an answer here.
stranger-low = Thank you for writing this. It sounds as if things have been heavy lately, and you don't have to carry that alone: here you can talk to a counselor, and help numbers are one tap away. These words were not stored and no person has read them; a counselor reads what you write after you have asked for one.
not-kept-yet = Thank you for writing. Words are stored only once you have agreed to it, so these were not, and no person has read them. From here you can go on like this:
media-not-passed-on = Thank you for sending this. Voice, pictures, stickers and files can't be checked for danger here, so we did not keep it or pass it on. If you can, put it in words. If it is urgent, please use the numbers.
media-words-only = We have the words that came with it. The picture, voice or file itself can't be checked for danger here, so we did not keep it or pass it on.
media-noted = Thank you for sending this. Voice, pictures, stickers and files can't be checked for danger here, so we did not keep it or pass it on; the counselor only sees that you sent something. If you can, put it in words. If it is urgent, please use the numbers.
place-noted = A place or a contact can't be passed on from here; the counselor only sees that you sent one. If somebody should know where you are or how to reach you, please write it in words. If it is urgent, call the emergency number first.
place-not-passed-on = A place or a contact can't be passed on from here. If somebody should know where you are or how to reach you, please write it in words. If it is urgent, call the emergency number first.
not-here-yet = This isn't here yet. The menu shows what there is.
own-data-not-yet = You can't get a copy or have everything erased from here yet, and we are sorry about that. Words outside a conversation with a counselor are deleted by themselves after { $days } days. /privacy shows what you agreed to and who read your words.
unknown-command = I don't know that command. The menu shows everything there is.

## Letters that arrive by themselves

out-card = Thank you for writing this here. We are glad you did. Please use one of these now:
out-card-why = Some of your words sound as if your life may be in danger; a program that checks for danger noticed them.
out-card-other = Thank you for writing about this. Somebody may be in danger right now: if nobody has called yet, please call one of these.
out-card-stay = If you have taken something or hurt yourself, call the ambulance first. Please keep writing here if you can.
out-flag-notice = Thank you for writing this here, it matters to us. Some of your words sound very heavy, and a program that checks for danger noticed them.
out-nobody-yet =
    Hello, this is us again, and you are not forgotten. We have been calling people here all the time, and so far nobody has been able to answer you. We go on calling.

    Please don't wait for us: call one of these now. Where a line has hours, they stand beside it.
told-your-counselor = Your counselor has been told and can read these words.
told-on-call = The counselors on duty have been told and can open these words. They don't see who you are. Under /privacy you see who opened them.
told-before = The counselors on duty know that your conversation is waiting, and find these words in it too. They don't see who you are. Under /privacy you see who opened them.
told-nobody-on-call = No counselor is on duty right now. Your words are kept for the next one, who won't see who you are. Until then, please use the numbers; where a line has hours, they stand beside it.
out-case-opened = Hello, this is to say that your request has reached us safely. Write here whenever you like.
out-case-taken = Hello, somebody is here for you now: <b>{ $name }</b>. Just write here.
out-case-released = Hello, this is to say that our conversation here is with the whole team again. <b>{ $name }</b> can't go on right now, and nobody has taken over yet. What was written here is kept for whoever does, so you don't have to start over. Write whenever you like.
out-case-returned = Hello, this is to say that our conversation here is with the whole team again. Nobody has taken over yet; what was written so far is kept for whoever does, and you can write on here.
duty-others = We are calling whoever is on duty. If it can't wait until somebody is here:
duty-no-other = Right now no other counselor is on duty, and we can't say when somebody will take over. If it can't wait:
out-case-closed = Hello, thank you for writing here, and for staying with it. We stop here for now, and the door stays open: write here or use /counselor whenever you want a counselor again. If it gets hard before that, the help numbers are one tap below. We may ask tomorrow how you are.
out-follow-up = Hello, just checking in. How are you today?
maybe-repeated = (This may have reached you before.)
follow-up-better = Good to hear. If it changes, you know where we are.
follow-up-same = Thank you for telling us. If you would like to talk again, write here or use /counselor.
follow-up-worse = Thank you for telling us, and we are sorry it is harder today. It is with the counselors again; nobody has taken it up yet. Write here whenever you like.
follow-up-told = Thank you for telling us. Your counselor has been told. Write here whenever you like.

## Mood

mood-consent = One tap a day, kept encrypted and only for you: no name, no place, no words needed. Shall we keep it?
mood-question = How are you today?
mood-kept =
    Noted. Your last days:

    { $list }
mood-offer-help = That sounds like a hard day, and thank you for saying so. If you want to talk about it, the button below takes you to the counselors.

## Menu, settings, privacy, help

menu-title = <b>{ $name }</b>, what would be good now?
settings-text =
    <b>Settings</b>

    Name here: { $name }
    Language: { $language }
    Time zone: { $zone }
    Quiet hours: { $quiet }
    Numbers for: { $region }
region-not-chosen = not chosen; showing { $region }
language-question = Which language?
zone-question = Which time zone are you in?
numbers-question = Where are you just now? It decides which numbers we show.
code-question = Please send the campus code you were given. It shows that you belong here, not who you are.
quiet-question = When should we stay quiet?
quiet-none = No quiet hours
form-in-case = What you write now goes to the counselors, so a name can wait. A campus code still works: send it by itself.
name-is-this-it = Is this the name, or something you wanted to tell us?
name-question = What should we call you here? Please not your real name. At most 24 letters.
privacy-text =
    <b>You agreed to</b>
    { $agreed }

    <b>Who opened your words</b>
    { $opened }

    Words outside a conversation with a counselor are deleted after { $days } days.
access-none = Nobody so far.
access-words = { $at }: { $name } read your words
access-notes = { $at }: { $name } read the notes on your case
purpose-service = using this service
purpose-screening = software that checks messages for danger
purpose-counselor-access = counselors reading flagged or sent words
purpose-help-first = a counselor reading what you write
purpose-mood = keeping your mood taps
purpose-statistics = anonymous statistics
take-back-statistics = If you take it back, nothing you do here is counted from then on. What was counted so far stays: it carries a code instead of your name, and none of your words.
take-back-mood = If you take it back, no mood is kept from then on, and what you tapped so far is deleted at once. You can begin again whenever you like.
take-back-needed =
    <b>If you don't want to go on here</b>

    · Just stop writing, or block this bot. You need no reason, and you can come back.
    · Mood taps and statistics can be taken back by themselves, under Privacy.
    · Words outside a conversation with a counselor are deleted by themselves after { $days } days.

    What can't be done from here yet: having the rest erased. We are sorry about that. Keeping what you write, checking it for danger and letting counselors read it belong together, so these three can't be taken back one by one.

    The numbers under /crisis are there for you all the same.
help-text =
    <b>What this is</b>

    A quiet place to write, run by your university. You have no name here.

    /mood  one tap: how you are
    /counselor  talk with a counselor
    /crisis  numbers to call now
    /privacy  what is kept, who read it
    /settings  language, time zone, quiet hours
    /menu  everything in one place
    /cancel  leave what is open

    It is not an emergency service. No program here pretends to be a person: when a counselor writes, you see the name they chose.
redraw-menu = We had a short interruption. Nothing you wrote is lost.
redraw-case = We had a short interruption. Nothing you wrote is lost, and you can write on here.
