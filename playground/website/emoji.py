"""Replace emoji names with characters. Unknown names stay unchanged."""

from __future__ import annotations

import re

EMOJI = {
    "alarm_clock": "⏰",
    "arrow_down": "⬇️",
    "arrow_down_small": "🔽",
    "arrow_left": "⬅️",
    "arrow_right": "➡️",
    "arrow_up": "⬆️",
    "arrow_up_small": "🔼",
    "arrows_counterclockwise": "🔄",
    "bar_chart": "📊",
    "bell": "🔔",
    "bulb": "💡",
    "calendar": "📆",
    "chart_with_downwards_trend": "📉",
    "chart_with_upwards_trend": "📈",
    "crystal_ball": "🔮",
    "date": "📅",
    "double_vertical_bar": "⏸️",
    "eyes": "👀",
    "file_folder": "📁",
    "green_circle": "🟢",
    "heart": "❤️",
    "heavy_check_mark": "✔️",
    "heavy_minus_sign": "➖",  # noqa: RUF001 - it is the emoji
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳",
    "hugging_face": "🤗",
    "inbox_tray": "📥",
    "information_source": "ℹ️",  # noqa: RUF001 - it is the emoji
    "large_blue_circle": "🔵",
    "large_green_circle": "🟢",
    "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "link": "🔗",
    "mag": "🔍",
    "memo": "📝",
    "no_bell": "🔕",
    "no_entry": "⛔",
    "page_facing_up": "📄",
    "paperclip": "📎",
    "point_right": "👉",
    "question": "❓",
    "red_circle": "🔴",
    "robot_face": "🤖",
    "rocket": "🚀",
    "rotating_light": "🚨",
    "small_blue_diamond": "🔹",
    "small_red_triangle": "🔺",
    "small_red_triangle_down": "🔻",
    "sparkles": "✨",
    "star": "⭐",
    "tada": "🎉",
    "test_tube": "🧪",
    "thinking_face": "🤔",
    "trophy": "🏆",
    "warning": "⚠️",
    "wave": "👋",
    "white_check_mark": "✅",
    "white_circle": "⚪",
    "x": "❌",
}
_NAME = re.compile(r":([a-z0-9_+-]+):")


def with_emoji(text: str) -> str:
    """Replace ``:names:`` with characters."""
    return _NAME.sub(lambda match: EMOJI.get(match[1], match[0]), text)
