// The page's own words, in both languages. What the bots say comes from the bots.
export const WORDS = {
  en: {
    tongue: "中文", demo: "demo", skip: "Skip to the phones",
    notice: "A simulation: everybody here is made up, nobody real reads it, and no help is reached.",
    hour: "an hour later", day: "next day", clock: "Time in the demo", people: "People: show or hide a phone",
    student: "student", helper: "helper", counselor: "counselor", editor: "editor", admin: "admin", adviser: "adviser",
    chat: "Phone of", messages: "Messages of", write: "Write a message", send: "Send", start: "Start", attach: "Attach",
    commands: "Commands", noCommands: "No commands yet", more: "More", typing: "typing…", sending: "sending…", pinned: "Pinned",
    choosePhoto: "Photo from this computer…", samplePhoto: "Sample photo", sampleVoice: "Sample voice note", sampleSticker: "Sample sticker", chooseFile: "File…",
    photo: "Photo", voice: "Voice note", sticker: "Sticker", document: "File", audio: "Audio", video: "Video", animation: "Animation", location: "Location", contact: "Contact",
    block: "Block the bot", unblock: "Unblock the bot", blocked: "You blocked this bot. It cannot write to you.",
    switch: "Switch Telegram to Chinese", switchBack: "Switch Telegram to English",
    protected: "cannot be forwarded or saved", edited: "edited", reply: "Reply", edit: "Edit", editing: "Editing", replying: "Replying to", cancel: "Cancel",
    earlier: "Earlier messages", newest: "Newest messages", empty: "Nothing here yet.", newFor: "New message for", unread: "unread", today: "It is now",
    "error-lost": "The demo does not answer. Is it still running? What you wrote is kept; the page goes on by itself.",
    "error-refused": "That did not work:", "error-empty": "Write something first.", "error-too_long": "That is too long: a message holds 4096 characters, a caption 1024.",
    "error-blocked": "Unblock the bot before you write.", "error-gone": "That message or button is not there any more.",
    "error-too_old": "A message can be edited for 48 hours.", "error-empty_file": "That file is empty.", "error-big_file": "That file is bigger than 50 MB.",
  },
  zh: {
    tongue: "English", demo: "演示", skip: "跳到手机",
    notice: "这是模拟演示：人物都是虚构的，没有真人在看，也求助不到任何人。",
    hour: "一小时后", day: "第二天", clock: "演示里的时间", people: "人物：显示或收起手机",
    student: "学生", helper: "朋辈", counselor: "咨询师", editor: "编辑", admin: "管理员", adviser: "就业顾问",
    chat: "手机：", messages: "聊天记录：", write: "写点什么", send: "发送", start: "开始", attach: "附件",
    commands: "命令", noCommands: "还没有命令", more: "更多", typing: "正在输入…", sending: "正在发送…", pinned: "置顶",
    choosePhoto: "从电脑选图片…", samplePhoto: "示例图片", sampleVoice: "示例语音", sampleSticker: "示例贴纸", chooseFile: "文件…",
    photo: "图片", voice: "语音", sticker: "贴纸", document: "文件", audio: "音频", video: "视频", animation: "动图", location: "位置", contact: "名片",
    block: "拉黑机器人", unblock: "解除拉黑", blocked: "你拉黑了这个机器人，它没法给你发消息。",
    switch: "把 Telegram 换成中文", switchBack: "把 Telegram 换成英文",
    protected: "不能转发或保存", edited: "已编辑", reply: "回复", edit: "编辑", editing: "正在编辑", replying: "回复", cancel: "取消",
    earlier: "更早的消息", newest: "最新消息", empty: "这里还没有内容。", newFor: "有新消息：", unread: "条未读", today: "现在是",
    "error-lost": "演示没有回应，还在运行吗？你写的字还在，恢复后页面会自己接上。",
    "error-refused": "没有成功：", "error-empty": "先写点什么吧。", "error-too_long": "太长了：一条消息最多 4096 个字符，图片说明最多 1024 个。",
    "error-blocked": "先解除拉黑，才能写消息。", "error-gone": "这条消息或按钮已经不在了。",
    "error-too_old": "消息发出 48 小时内才能编辑。", "error-empty_file": "这个文件是空的。", "error-big_file": "文件超过 50 MB 了。",
  },
};
const KEY = "handrail-tongue";
let tongue = localStorage.getItem(KEY) ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

export const t = (key) => WORDS[tongue][key] ?? key;
export const language = () => tongue;
export const sentence = (error) => {
  const known = WORDS[tongue][`error-${error.code}`];
  return error.code === "refused" || !known ? `${t("error-refused")} ${error.message}` : known;
};
export function toggle() {
  tongue = tongue === "en" ? "zh" : "en";
  localStorage.setItem(KEY, tongue);
}
// The demo's own time zone, so that the page's times are those the bots speak of.
let timeZone;
export const setTimeZone = (zone) => { timeZone = zone || undefined; };
const say = (iso, parts) => new Date(iso).toLocaleString(tongue === "zh" ? "zh-CN" : "en-GB", { timeZone, ...parts });
export const clockOf = (iso) => say(iso, { hour: "2-digit", minute: "2-digit" });
export const dayOf = (iso) => say(iso, { weekday: "long", day: "numeric", month: "long" });
export const momentOf = (iso) => say(iso, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export function translatePage(root = document) {
  document.documentElement.lang = tongue === "zh" ? "zh-Hans" : "en";
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
}
