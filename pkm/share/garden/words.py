"""The garden's own words, by language. A key that a language lacks is shown in English."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "hidden": "(not published)",
        "skip": "Skip to the text", "home": "Home", "all": "All notes", "map": "Map", "search": "Search", "changes": "Recently tended", "tags": "Tags",
        "topics": "Topics", "untagged": "Without a topic", "theme": "Light or dark", "menu": "Garden", "contents": "On this page", "backlinks": "What links here",
        "more_backlinks": "More links to here", "related": "Close by", "mentions": "Mentioned without a link", "graph": "Around this note", "planted": "planted", "tended": "last tended",
        "stage_seed": "seed", "stage_bud": "bud", "stage_evergreen": "evergreen", "stage_help_seed": "a first thought", "stage_help_bud": "growing", "stage_help_evergreen": "mature",
        "confidence": "confidence", "low": "low", "medium": "medium", "high": "high", "sources": "Sources", "by": "by", "licence": "Licence",
        "notes_1": "1 note", "notes_n": "{n} notes", "folder": "Folder", "feed": "Feed", "stages": "By stage", "new": "New notes", "changed": "Changed notes", "entry": "Ways in",
        "not_found": "There is nothing here", "not_found_text": "The page may have been renamed or taken back. The search or the list of all notes may help.",
        "moved": "This page has moved to", "search_hint": "Type a word or two", "search_none": "Nothing found for", "needs_script": "needs JavaScript",
        "highlights": "Only the highlights", "everything": "The whole text", "unread": "new since your last visit", "close": "Close", "empty": "Nothing has been planted here yet.", "preview": "Preview", "stacked": "Side by side", "map_hint": "Drag to move, scroll to zoom. Every flower is a topic, every floret a note.",
        "more": "more", "draft_notice": "This text is shown as it was written, because it is", "theory": "theory", "method": "method", "practice": "practice", "embedded": "from", "open_note": "Open", "diagram": "Diagram", "as_text": "as text",
    },
    "de": {
        "hidden": "(nicht veröffentlicht)",
        "skip": "Zum Text", "home": "Start", "all": "Alle Notizen", "map": "Karte", "search": "Suche", "changes": "Zuletzt gepflegt", "tags": "Schlagworte",
        "topics": "Themen", "untagged": "Ohne Thema", "theme": "Hell oder dunkel", "menu": "Garten", "contents": "Auf dieser Seite", "backlinks": "Was hierher führt",
        "more_backlinks": "Weitere Verweise hierher", "related": "In der Nähe", "mentions": "Erwähnt ohne Verweis", "graph": "Um diese Notiz", "planted": "gepflanzt", "tended": "zuletzt gepflegt",
        "stage_seed": "Samen", "stage_bud": "Knospe", "stage_evergreen": "Immergrün", "stage_help_seed": "ein erster Gedanke", "stage_help_bud": "wächst", "stage_help_evergreen": "gereift",
        "confidence": "Gewissheit", "low": "gering", "medium": "mittel", "high": "hoch", "sources": "Quellen", "by": "von", "licence": "Lizenz",
        "notes_1": "1 Notiz", "notes_n": "{n} Notizen", "folder": "Ordner", "feed": "Feed", "stages": "Nach Reife", "new": "Neue Notizen", "changed": "Geänderte Notizen", "entry": "Einstiege",
        "not_found": "Hier ist nichts", "not_found_text": "Die Seite wurde vielleicht umbenannt oder zurückgezogen. Die Suche oder die Liste aller Notizen hilft vielleicht weiter.",
        "moved": "Diese Seite ist umgezogen nach", "search_hint": "Ein Wort oder zwei", "search_none": "Nichts gefunden zu", "needs_script": "braucht JavaScript",
        "highlights": "Nur das Markierte", "everything": "Der ganze Text", "unread": "neu seit dem letzten Besuch", "close": "Schließen", "empty": "Hier wurde noch nichts gepflanzt.", "preview": "Vorschau", "stacked": "Nebeneinander", "map_hint": "Ziehen zum Verschieben, rollen zum Vergrößern. Jede Blüte ist ein Thema, jedes Blatt eine Notiz.",
        "more": "mehr", "draft_notice": "Dieser Text steht hier, wie er geschrieben wurde, denn er ist", "theory": "Theorie", "method": "Methode", "practice": "Praxis", "embedded": "aus", "open_note": "Öffnen", "diagram": "Diagramm", "as_text": "als Text",
    },
    "zh": {
        "hidden": "（未公开）",
        "skip": "跳到正文", "home": "首页", "all": "全部笔记", "map": "地图", "search": "搜索", "changes": "最近整理", "tags": "标签",
        "topics": "主题", "untagged": "未分主题", "theme": "浅色或深色", "menu": "花园", "contents": "本页内容", "backlinks": "链接到此处",
        "more_backlinks": "更多链接", "related": "相近的笔记", "mentions": "提及但未链接", "graph": "周围", "planted": "种下", "tended": "最近整理",
        "stage_seed": "种子", "stage_bud": "花蕾", "stage_evergreen": "常青", "stage_help_seed": "初步想法", "stage_help_bud": "生长中", "stage_help_evergreen": "成熟",
        "confidence": "把握", "low": "低", "medium": "中", "high": "高", "sources": "来源", "by": "作者", "licence": "许可",
        "notes_1": "1 篇笔记", "notes_n": "{n} 篇笔记", "folder": "文件夹", "feed": "订阅", "stages": "按阶段", "new": "新笔记", "changed": "有变化的笔记", "entry": "入口",
        "not_found": "这里什么也没有", "not_found_text": "页面可能已改名或收回。可试试搜索或全部笔记。",
        "moved": "此页已移至", "search_hint": "输入一两个词", "search_none": "没有找到", "needs_script": "需要 JavaScript",
        "highlights": "只看重点", "everything": "全文", "unread": "上次来访后更新", "close": "关闭", "empty": "这里还没有种下任何东西。", "preview": "预览", "stacked": "并排阅读", "map_hint": "拖动移动，滚动缩放。每朵花是一个主题，每片花瓣是一篇笔记。",
        "more": "更多", "draft_notice": "此文按原样显示，因为它", "theory": "理论", "method": "方法", "practice": "实践", "embedded": "引自", "open_note": "打开", "diagram": "图表", "as_text": "文字",
    },
}  # fmt: skip


def words_for(language: str) -> dict[str, str]:
    """Return the words of a language, English where it has none."""
    return {**WORDS["en"], **WORDS.get(language.lower().partition("-")[0], {})}
