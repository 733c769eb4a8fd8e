### The staff bot.
### reviewed_by: 
### reviewed_on: 

## Letters that arrive by themselves: nothing telling in them, a number and a level only

staff-out-page =
    Desk: <b>{ $case }</b> needs you now.{ $round ->
        [1] {""}
       *[other] {" "}Call no. { $round }.
    }
    Level 3 of 3. Nobody is on it yet.
staff-out-page-worse =
    Desk: <b>{ $case }</b> needs a look now: its follow-up was answered just now.{ $round ->
        [1] {""}
       *[other] {" "}Page { $round }.
    }
    Was imminent last time, says worse today. Level { $triage } (of 3), nobody has taken it.
staff-out-page-yours =
    Desk: your case <b>{ $case }</b> needs you now.{ $round ->
        [1] {""}
       *[other] {" "}Call no. { $round }.
    }
    Level 3 of 3. Please open what came in; that ends the calls.
staff-out-page-held =
    Desk: <b>{ $case }</b> needs somebody now. Call no. { $round }.
    Level 3 of 3. The colleague who has it has not opened what came in. Can you reach them?
staff-out-new-case =
    Desk: <b>{ $case }</b> is new in the queue.
    Level { $triage } of 3.
staff-out-back-in-queue =
    Desk: <b>{ $case }</b> is back in the queue.
    Level { $triage } of 3. Somebody had it before; it waits for whoever takes it now.
staff-out-waiting =
    Desk: { $n ->
        [one] <b>one case</b> is waiting in the queue, for { $age }.
       *[other] <b>{ $n } cases</b> are waiting in the queue, the first for { $age }.
    }
    Nobody has taken { $n ->
        [one] it
       *[other] them
    } yet.
staff-out-new-words = Desk: something new in <b>{ $case }</b>.{ $triage ->
        [3] {" "}Level 3 of 3.
       *[other] {""}
    }
staff-out-not-meant =
    Desk: a remark on <b>{ $case }</b>.
    The other side says it was not meant that way. It is on the card; the level stays as it is.
staff-out-worse =
    Desk: an answer in <b>{ $case }</b>.
    Asked how they are, the other side said: worse. Level { $triage } of 3.
staff-out-worse-imminent =
    Desk: the follow-up in <b>{ $case }</b> was answered, please look now.
    Was imminent last time, says worse today. Level { $triage } (of 3).
staff-out-returned =
    Desk: <b>{ $case }</b> is back in the queue.
    It had waited too long for an answer, so anybody on the desk can take it now.
staff-out-student-blocked =
    Desk: <b>{ $case }</b> can't be reached here any more.
    The other side has blocked the bot or left. Level { $triage } of 3.{ $lost ->
        [0] {""}
       *[other] {" "}What was just written there did not arrive.
    } Please look at the card.
staff-out-student-back =
    Desk: <b>{ $case }</b> can be reached again.
    The other side has unblocked the bot.{ $lost ->
        [0] {""}
        [one] {" "}One text from here did not arrive ({ $at }). If it still matters, please send it again.
       *[other] {" "}{ $lost } texts from here did not arrive, the first: { $at }. What still matters, please send again.
    }
staff-out-not-delivered =
    Desk: a text in <b>{ $case }</b> did not arrive.
    It could not be sent to the other side, who may be waiting for an answer. In the words it is marked; please write again.
staff-out-still-there =
    Desk: your shift ends at <b>{ $until }</b>. Still there?
    With one tap it goes on. Without it you are off call from then on, and students are no longer told that you are here.
staff-out-copy-stands =
    Desk: { $n ->
        [one] an old message stands in this chat that I cannot delete any more ({ $at }).
       *[other] { $n } old messages stand in this chat that I cannot delete any more (the first: { $at }).
    }
    A student's words may be in { $n ->
        [one] it: please delete it yourself.
       *[other] them: please delete them yourself.
    }
staff-out-unreachable =
    Desk: <b>{ $name }</b> is on call and can't be reached here.
    They have blocked this bot or left Telegram. Until they are back they do not count as on call: please reach them another way, or ask somebody else.

## Coming in

staff-only = This bot is for staff. If you were given a one-time code, send /start followed by the code.
staff-numbers-here = If things are hard for you right now, send /crisis for numbers that answer.
staff-nobody-reads = What you wrote sounds very heavy, and nobody reads it here: this bot is for staff. Please don't stay alone with it. Here somebody answers:
staff-joined =
    Welcome. You are in as <b>{ $role }</b>.

    Step 1 of { $total }: which language shall I speak here?
staff-language-ask = Which language shall I speak here?
staff-language-name = English
staff-language-set = I'll speak English here from now on.
staff-step-name =
    Good, English it is.

    Step 2 of { $total }: your name.
staff-name-prompt =
    What name shall students see? Reply to this message with it, for example: Ms. Lin.
    It need not be your full name. You can change it with /name.
staff-name-is-this-it = Shall students see this line as your name? If it was meant for a student: no talk is open, and nothing was sent.
staff-name-set = Students will see you as <b>{ $name }</b>. You can change it with /name.
staff-step-on-call = Step 3 of 3: go on call now? Whoever is on call is paged when somebody needs help. You can do it later with /oncall.
staff-interrupted = I was interrupted for a moment. This is where things stand. To see whether your last text went out, open the words of the case.

## Roles, levels, times

staff-role-counselor = counselor
staff-role-editor = editor
staff-role-adviser = adviser
staff-role-admin = admin
staff-unnamed = no name yet
staff-level-0 = asked for help
staff-level-1 = low
staff-level-2 = elevated
staff-level-3 = imminent
staff-level-none = not flagged
staff-level-low = low
staff-level-elevated = elevated
staff-level-imminent = imminent
staff-time = { $clock }
staff-day-time = { DATETIME($day, dateStyle: "medium") }, { $clock }
staff-age-minutes = { $n } min
staff-age-hours = { $n } h
staff-age-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}

## On call

staff-on-call-until = You are <b>on call</b> until { $until }.
staff-off-call = You are <b>not on call</b>. Pages for cases in the queue go to others.
staff-holding = { $n ->
    [one] You still have one case:
   *[other] You still have { $n } cases:
}
staff-holding-line = • { $case } · { $level }
staff-holding-what = You can keep what is listed, or give it back with one tap. What comes in there still reaches you, pages included; if its student waits too long for you, it goes back to the queue by itself.
staff-waiting = { $n ->
    [0] Nobody is waiting in the queue.
    [one] One case is waiting in the queue, for { $age }.
   *[other] { $n } cases are waiting in the queue, the first for { $age }.
}
staff-others-on-call = Also on call:
staff-nobody-else = Nobody else is on call.
staff-roster-line = • { $name } ({ $role }){ $state ->
    [until] , on call until { $until }
   *[off] {""}
}
staff-roster-title = { $n ->
    [one] One person works here:
   *[other] { $n } people work here:
}
staff-revoke-ask =
    Take <b>{ $name }</b>'s access away?

    It takes effect at once: their cases go back to the queue, and words in their chat are deleted. They can only come back with a new code.
staff-revoked = <b>{ $name }</b> no longer has access.

## The queue

staff-queue-title = { $n ->
    [one] One open case
   *[other] { $n } open cases
} · page { $page } of { $pages }
staff-queue-empty = No open cases. The queue is empty.
staff-queue-line = { $case } · { $level } · { $age } · { $holder ->
    [mine] yours
    [other] { $name }
    [on-it] { $name } is on it
   *[waiting] waiting
}{ $unread ->
    [0] {""}
   *[other] {" "}· { $unread } new
}
staff-case-usage = Send the number with it, for example: /case H-0012
staff-case-unknown = There is no case { $case }.

## The case card: never words

staff-card-title = <b>{ $case }</b> · <b>{ $level }</b>
staff-status-waiting = Waiting: nobody has taken it.
staff-status-on-it = Waiting: { $name } is on it since { $at }, not taken yet.
staff-status-mine = Yours.
staff-status-taken = Taken by { $name }.
staff-status-closed = Closed { $at }: { $reason }.
staff-card-origin-asked = Asked for a counselor { $at } ({ $age } ago)
staff-card-origin-flagged = Flagged { $at } ({ $age } ago)
staff-card-origin-follow-up = Came back after the follow-up, { $at } ({ $age } ago)
staff-card-student = Student: { $language } · { $region } · { $age } · { $clock } their time
staff-card-no-region = region unknown
staff-speaks-en = English
staff-speaks-zh = Chinese
staff-age-band-adult = adult
staff-age-band-minor = under 18
staff-age-band-unknown = age unknown
staff-card-no-signals = No flags.
staff-card-signals = Why it was flagged:
staff-card-signal = • { $kind } ({ $level })
staff-card-details = <b>{ $case }</b> · what each reason rests on:
staff-card-detail = • { $kind } ({ $level }; { $tier }, <code>{ $reason }</code>, { $version })
staff-card-marked-true = Marked: a true alarm.
staff-card-marked-false = Marked: a false alarm. The level stays as it is.
staff-tier-lexicon = word list
staff-tier-model = model
staff-tier-context = context
staff-card-words = Unread: { $unread } · Earlier cases: { $earlier }
staff-card-paging = ⚠ Still paging: nobody has said they are on it.
staff-card-paging-again = ⚠ Paging again: { $name } said at { $at } they are on it, and it has not been taken.
staff-card-paging-unopened = ⚠ Still paging: the new words have not been opened.
staff-card-not-meant = The student says it was not meant that way.
staff-card-some-not-meant = The student says of some words that they were not meant that way; it stands beside them.
staff-card-degraded = Screened by the word list only: a model did not answer.
staff-card-blocked = ⚠ The student has blocked the bot. Answers cannot reach them.
staff-card-undelivered = ⚠ Something written to the student did not arrive. It is marked in the words.
staff-card-no-code = No campus code shown. They may not belong to this university.

staff-signal-mention = speaks of the subject
staff-signal-passive-ideation = wishes not to be here
staff-signal-hopelessness = sees no hope
staff-signal-active-ideation = thinks of suicide
staff-signal-self-harm = self-harm
staff-signal-past-attempt = an earlier attempt
staff-signal-method-query = asks about a method
staff-signal-plan = a plan
staff-signal-means = has the means at hand
staff-signal-place = is at a dangerous place
staff-signal-preparation = is making preparations
staff-signal-farewell = says goodbye
staff-signal-time = names a time
staff-signal-act-under-way = may be acting right now
staff-signal-concern-for-other = worries about somebody else
staff-signal-pact = a pact with somebody
staff-signal-eating-disorder = signs of an eating disorder
staff-signal-violence-suffered = suffers violence
staff-signal-threat-to-others = a threat to others
staff-signal-abuse-of-peer = attacks somebody
staff-signal-model = the wording as a whole
staff-signal-unknown = another sign
staff-labelled-true = Kept: a true alarm.
staff-labelled-false = Kept: a false alarm. The level stays as it is.

## Words and notes

staff-words-opening = One moment…
staff-words-title = <b>{ $case }</b>
staff-words-from-student = { $at } · student{ $part }{ $level ->
    [none] {""}
   *[other] {" "}· { $says }
}
staff-words-to-student = { $at } · { $name }
staff-words-undelivered = {" "}· ⚠ did not arrive
staff-words-not-meant = {" "}· “not meant that way”
staff-part-text = {""}
staff-part-caption = {" "}(under a picture)
staff-part-edit = {" "}(edited)
staff-part-reply = {" "}(quoted)
staff-part-button = {" "}(button)
staff-part-media = {" "}(in a poll or other attachment)
staff-mark-photo = (sent a photo; Handrail does not pass on pictures)
staff-mark-video = (sent a video; Handrail does not pass on videos)
staff-mark-voice = (sent a voice message or a sound; Handrail does not pass on recordings)
staff-mark-sticker = (sent a sticker; Handrail does not pass on stickers)
staff-mark-document = (sent a file; Handrail does not pass on files)
staff-mark-place = (sent a place; Handrail does not pass on places)
staff-mark-contact = (sent a contact; Handrail does not pass on contacts)
staff-mark-other = (sent something that is no text; Handrail does not pass it on)
staff-mark-unkept-words = (The level comes from words written before the student had agreed to anything. They were not kept: please ask.)
staff-words-none = No words in this case yet.
staff-words-nothing-new = Nothing new: everything has been opened before.
staff-not-writing = This case is not yours: what you type does not go to this student.
staff-notes-title = <b>{ $case }</b> · notes
staff-note-mark = { $at } · { $name }
staff-notes-none = No notes yet.

## The talk

staff-writing-in = ✎ You are writing in <b>{ $case }</b>: what you type goes to this student.
staff-on-its-way = On its way · <b>{ $case }</b>. If it does not arrive, you hear of it here. The next text goes there too.
staff-sent-blocked = ⚠ <b>{ $case }</b>: the student has blocked the bot. Your text does not reach them now. Think about another way.
staff-sent-unopened = Their flagged words are still unopened, and the case counts as unanswered until you have read them.
staff-not-sent = Your text was not sent to anybody.
staff-no-talk = No talk is open: your text was not sent to anybody.
staff-own-cases = Your cases:
staff-no-own-cases = You have no cases. /queue shows what is waiting.
staff-replied-elsewhere = Not sent: you replied to { $there }, but you are writing in { $here }. Choose one and send it again.
staff-left = You left the talk in <b>{ $case }</b>. What you type goes to nobody.
staff-nothing-open = No talk is open. There is nothing to cancel.
staff-note-ask = Your next text is a note in <b>{ $case }</b>. The student does not get it.
staff-note-kept = Note kept · <b>{ $case }</b>. The talk is not open: choose before you type on.
staff-only-text = Only text can be passed on. This was not sent to anybody.
staff-edit-not-passed = An edit is not passed on: the student keeps what you sent first. Send a new text if it matters.
staff-unknown-command = I don't know this command, and it was not sent to anybody. /help lists what there is.
staff-not-here-yet = This isn't here yet, and nothing was sent to anybody. /help lists what there is.

## Canned replies

staff-canned-choose = A reply for <b>{ $case }</b>. You see it before it is sent.
staff-canned-preview = For <b>{ $case }</b>, in the student's language. The talk in this case is open now.

## Giving back and closing

staff-release-ask =
    Give <b>{ $case }</b> back to the queue?

    Whoever is on call can take it, and the student is told that the team has it again and nobody has taken over yet.

staff-close-choose = How does <b>{ $case }</b> end?
staff-close-confirm =
    Close <b>{ $case }</b> as “{ $reason }”?

    The student is told, and asked in about { $hours } hours how they are.
staff-close-unread =
    <b>{ $case }</b> is not closed yet: { $n ->
        [one] something came in that nobody has opened.
       *[other] { $n } things came in that nobody has opened.
    }

    Please read first. Once a case is closed, nobody would see it any more.
staff-disposition-supported = talked, supported
staff-disposition-appointment = appointment made
staff-disposition-referred-out = referred elsewhere
staff-disposition-emergency = emergency services
staff-disposition-unreachable = could not be reached
staff-disposition-false-alarm = false alarm

## Pages

staff-on-it = <b>{ $case }</b>: you are on it, since { $at }. The paging has stopped.
staff-on-it-already = <b>{ $case }</b>: a colleague is on it, but nobody has taken it yet.
staff-on-it-taken = <b>{ $case }</b>: { $name } has taken it.
staff-on-it-mine = <b>{ $case }</b>: it is yours.
staff-on-it-closed = <b>{ $case }</b> is closed.

## Help

staff-help = You are in as <b>{ $role }</b>.
staff-help-desk =
    Whatever you type goes to a student only while a talk is open, and every confirmation names the case. Only text is passed on.
    Words open on tap; each opening is logged, and the student can see the log. What you write here and what speaks of a student is deleted from this chat after { $hours } hours. Please don't copy it.
staff-help-admin = You see who works here, and can take access away, under /oncall. Codes for new staff are made on the server: python -m bot invite --role counselor
staff-command-start = begin, with a one-time code
staff-command-help = what I can do
staff-command-cancel = leave the open talk
staff-command-queue = open cases, most urgent first
staff-command-case = one case by its number
staff-command-oncall = go on call or off; who else is
staff-command-oncall-admin = who is on call; who works here
staff-command-name = the name students see
staff-command-language = English or Chinese

## Buttons

staff-button-on-it = I'm on it
staff-button-take = Take
staff-button-card = Card
staff-button-open = Card
staff-button-read = Read
staff-button-words = Open words
staff-button-write = Write to student
staff-button-write-in = Write in { $case }
staff-button-leave = Leave talk
staff-button-note = Note
staff-button-details = Details
staff-button-notes = Notes
staff-button-canned = Canned replies
staff-button-release = Release
staff-button-give = Yes, give it back
staff-button-keep = Keep it
staff-button-give-back = Give { $case } back
staff-button-close = Close
staff-button-close-yes = Close it
staff-button-true = True alarm
staff-button-false = False alarm
staff-button-queue = Back to the queue
staff-button-open-queue = Open the queue
staff-button-previous = ◀ Previous
staff-button-next = Next ▶
staff-button-refresh = Refresh
staff-button-back = Back
staff-button-send = Send
staff-button-name-yes = Yes, this is my name
staff-button-on-4 = On for 4 hours
staff-button-on-8 = On for 8 hours
staff-button-on-0 = On for a whole shift
staff-button-go-on = I'm here, go on
staff-button-off = Go off call
staff-button-roster = Who works here
staff-button-revoke = Revoke: { $name }
staff-button-revoke-yes = Yes, take access away
