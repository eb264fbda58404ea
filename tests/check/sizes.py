#!/usr/bin/python3
"""Small files and small functions: long ones are where nobody reads to the end.

Limits: file 600 lines (C header 200), function 60 lines (.tsx 120), C functions at most 6 parameters and
3 levels of nested blocks. Functions are found by their layout, which clang-format fixes for C and
indentation for Lua and TypeScript. Prints one line a breach; exit code 1 when there is one.
"""

import re
import sys

from files import lines_of, with_suffix

FILE_LINES, HEADER_LINES, FUNCTION_LINES, PARAMETERS, NESTING = 600, 200, 60, 6, 3
COMPONENT_LINES = 120  # .tsx: half of a component's lines are its markup

# file, or file:function -> why it may be longer
EXCEPTIONS = {}

BLOCK = re.compile(r"^\s*(\} )?(else\b|do \{|(if|for|while|switch) \()")
TS_FUNCTION = re.compile(
    r"^(\s*)(export )?(default )?(async )?"
    r"(function\b|(public |private |protected |static |readonly )*[\w$#]+\([^;]*\)[^;=]*\{$"
    r"|(const|let) [\w$]+ = (async )?(\(|[\w$]+ =>))")
TS_KEYWORDS = re.compile(r"^\s*(if|for|while|switch|catch|return|else|do)\b")
LUA_FUNCTION = re.compile(r"^(\s*)((local )?function\b|(local )?[\w.\[\]\"]+ = function\b)")


def c_functions(lines):
    """(name, signature, first line of the body, last line of the body) with K&R braces."""
    start = None
    for i, line in enumerate(lines):
        if line == "{":
            start = i
        elif line == "}" and start is not None:
            head = start - 1
            while head > 0 and lines[head - 1] and not lines[head - 1].endswith((";", "}", "*/")):
                head -= 1
            signature = " ".join(lines[head:start])
            name = re.search(r"(\w+)\s*\(", signature)
            yield name.group(1) if name else "?", signature, start + 1, i
            start = None


def count_parameters(signature):
    inside = signature[signature.find("(") + 1 : signature.rfind(")")]
    depth = commas = 0
    for char in inside:
        depth += char == "("
        depth -= char == ")"
        commas += char == "," and depth == 0
    return commas + 1 if inside.strip() not in ("", "void") else 0


def deepest_block(body):
    """Levels of if, for, while, switch and do, from the indentation of their lines."""
    return max((len(line) - len(line.lstrip()) for line in body if BLOCK.match(line)), default=0) // 4


def indented_functions(lines, pattern, ends):
    for i, line in enumerate(lines):
        match = pattern.match(line)
        if not match or TS_KEYWORDS.match(line):
            continue
        indent = match.group(1)
        for j in range(i, len(lines)):
            closes = j > i and lines[j].startswith(tuple(indent + end for end in ends))
            if closes and not lines[j].endswith(("{", "(")):
                yield line.strip()[:60], i + 1, j
                break
            if j > i and lines[j].strip() and not lines[j].startswith((indent + " ", indent + "}", indent + ")")):
                break


def check_c(name, lines):
    for function, signature, start, end in c_functions(lines):
        place = f"{name}:{start}: {function}()"
        key = f"{name}:{function}"
        if end - start > FUNCTION_LINES and key not in EXCEPTIONS:
            yield f"{place} has {end - start} lines, more than {FUNCTION_LINES}"
        if count_parameters(signature) > PARAMETERS and key not in EXCEPTIONS:
            yield f"{place} has {count_parameters(signature)} parameters, more than {PARAMETERS}"
        if deepest_block(lines[start:end]) > NESTING and key not in EXCEPTIONS:
            yield f"{place} nests {deepest_block(lines[start:end])} blocks, more than {NESTING}"


def check_indented(name, lines):
    pattern, ends = (LUA_FUNCTION, ("end",)) if name.endswith(".lua") else (TS_FUNCTION, ("}", ")"))
    most = COMPONENT_LINES if name.endswith(".tsx") else FUNCTION_LINES
    for function, start, end in indented_functions(lines, pattern, ends):
        if end - start > most and f"{name}:{function}" not in EXCEPTIONS:
            yield f"{name}:{start}: `{function}` has {end - start} lines, more than {most}"


def check(name):
    lines = lines_of(name)
    most = HEADER_LINES if name.endswith(".h") else FILE_LINES
    if len(lines) > most and name not in EXCEPTIONS:
        yield f"{name}: {len(lines)} lines, more than {most}"
    yield from check_c(name, lines) if name.endswith(".c") else check_indented(name, lines)


def main():
    names = with_suffix(".c", ".h", ".ts", ".tsx", ".lua")
    breaches = [breach for name in names for breach in check(name)]
    for breach in breaches:
        print(breach)
    if not names:
        print("no source files found")
    return 1 if breaches or not names else 0


if __name__ == "__main__":
    sys.exit(main())
