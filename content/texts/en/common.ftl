### Shared by both bots.

language-name = English
not-through = Something went wrong on our side, and that did not get through to us. Please send it again; if it is urgent, /crisis.
refusal-outdated = That button belongs to an earlier moment. Here is where things stand now.
refusal-not-staff = This bot is for the staff of the service. If you were invited, send the code you were given.
refusal-not-allowed = Your role does not include this. A colleague whose role does can do it; nobody's role can be changed here.
refusal-not-yours = This case is with a colleague.
refusal-taken = A colleague has just taken this case.
refusal-unknown-code = We don't know this code. Check it letter by letter, or ask for a new one.
refusal-used-code = This code was used already. Each works once; please ask for a new one.
refusal-expired-code = This code has run out. Please ask for a new one.
refusal-already-staff = You have joined already.
refusal-no-consent = For this we need your agreement first.
refusal-too-long = That is too long. Please make it shorter.
refusal-empty = There was nothing in it. Please write a few words.
refusal-bad-value = That does not fit here. Please choose one of the buttons.
refusal-bad-name = Nothing in this name can be read. Please use letters, for example: Ms. Lin
refusal-own-case = This case is your own, so a colleague looks after it and you see nothing of it here. You can go on writing in the student bot.
refusal-last-admin = This is the last admin, so the access stays. Have another admin join first: whoever runs the server makes the code.
refusal-no-case = No conversation is open just now.
