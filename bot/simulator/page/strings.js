// The page's own words, in both languages. What the bots say comes from the bots.
const WORDS = {
  en: {
    tongue: "中文", demo: "demo", skip: "Skip to the phones",
    notice: "A simulation: everybody here is made up, nobody real reads it, and no help is reached.",
    hour: "an hour later", day: "next day", clock: "Time in the demo", people: "People",
    student: "student", helper: "helper", counselor: "counselor", editor: "editor", admin: "admin", adviser: "adviser",
    write: "Write a message", send: "Send", start: "Start", attach: "Attach", photo: "Photo", voice: "Voice note",
    sticker: "Sticker", document: "File", block: "Block the bot", unblock: "Unblock the bot", switch: "Switch Telegram to Chinese",
    switchBack: "Switch Telegram to English", commands: "Commands", more: "More", typing: "typing…", pinned: "Pinned",
    protected: "cannot be forwarded or saved", blocked: "You blocked this bot.", reply: "Reply", edit: "Edit", editing: "Editing your message",
    replying: "Replying", cancel: "Cancel", edited: "edited", add: "Add a person", name: "Name", close: "Close",
    lost: "The demo does not answer. Is it still running? Your text is kept.", empty: "Nothing here yet.", show: "Show", hide: "Hide", chat: "Chat of", gone: "deleted",
  },
  zh: {
    tongue: "English", demo: "演示", skip: "跳到手机",
    notice: "这是模拟演示：人物都是虚构的，没有真人在看，也求助不到任何人。",
    hour: "一小时后", day: "第二天", clock: "演示里的时间", people: "人物",
    student: "学生", helper: "朋辈", counselor: "咨询师", editor: "编辑", admin: "管理员", adviser: "就业顾问",
    write: "写点什么", send: "发送", start: "开始", attach: "附件", photo: "图片", voice: "语音",
    sticker: "贴纸", document: "文件", block: "拉黑机器人", unblock: "解除拉黑", switch: "把 Telegram 换成中文",
    switchBack: "把 Telegram 换成英文", commands: "命令", more: "更多", typing: "正在输入…", pinned: "置顶",
    protected: "不能转发或保存", blocked: "你拉黑了这个机器人。", reply: "回复", edit: "编辑", editing: "正在编辑",
    replying: "正在回复", cancel: "取消", edited: "已编辑", add: "添加人物", name: "名字", close: "关闭",
    lost: "演示没有回应，还在运行吗？你写的字还在。", empty: "这里还没有内容。", show: "显示", hide: "收起", chat: "聊天：", gone: "已删除",
  },
};
const stored = localStorage.getItem("handrail-tongue");
let tongue = stored ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

export const t = (key) => WORDS[tongue][key] ?? key;
export const language = () => tongue;
export function toggle() {
  tongue = tongue === "en" ? "zh" : "en";
  localStorage.setItem("handrail-tongue", tongue);
}
export function translatePage(root = document) {
  document.documentElement.lang = tongue === "zh" ? "zh-Hans" : "en";
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
}
