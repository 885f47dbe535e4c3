"""Text in JSON and YAML that is made to harm who reads it."""

HOSTILE_YAML = {
    "bomb": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefghijk", "bcdefghijkl", strict=True)
    ),
    "bomb_of_names": "- &a [x, x]\n- &b [*a, *a]\n- train_keys: *b\n  test_keys: *b",
    "deep": "[" * 100_000,
    "deep_and_closed": "[" * 3000 + "]" * 3000,
    "deep_blocks": "\n".join(" " * depth + "-" for depth in range(800)),
    "digits": f"- train_keys: [{'9' * 10_000}]\n  test_keys: [a]",
    "hexadecimal": f"- train_keys: [0x{'f' * 10_000}]\n  test_keys: [a]",
    "sexagesimal": f"- train_keys: [1{':1' * 5000}]\n  test_keys: [a]",
    "python": "- !!python/object/apply:os.system [true]",
    "controls": '- train_keys: ["\\e[2J\\0\\n\\uD800"]\n  test_keys: [a]',
    "itself": "- &a [*a]",
    "key_of_a_list": "? [a]\n: b",
    "date": "- 2020-99-99",
    "float": "- train_keys: [.nan, .inf, -1e999]\n  test_keys: [a]",
    "large": "- a\n" * 1_000_000,
    "base64": "- !!binary é",
    "set": "- !!set {a, b}",
    "merge": "- <<: 3",
}
"""By name, none of them right."""

HOSTILE_JSON = {
    "deep": "[" * 100_000,
    "deep_objects": '{"a":' * 100_000,
    "digits": f'[{{"train_keys": [{"9" * 10_000}], "test_keys": ["a"]}}]',
    "nan": '[{"train_keys": [NaN, Infinity], "test_keys": [1e999]}]',
    "surrogate": '[{"train_keys": ["\\ud800\\u001b[2J\\n"], "test_keys": ["a"]}]',
    "empty_names": '[{"train_keys": ["", "/", "\\\\"], "test_keys": [""]}]',
    "digits_in_a_name": f'[{{"train_keys": ["video_{"9" * 10_000}"], "test_keys": ["a"]}}]',
    "large": f"[{'0,' * 15_000_000}0]",
    "null": "null",
    "nulls": "[null, null]",
    "no_text": "\0" * 100,
    "a_mark": "\ufeff[]",
}
"""By name, none of them right."""
