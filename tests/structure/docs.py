"""The pages for people: the README is short, every page is reached from it, and no link is dead."""

import os
import re
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(page):
    with open(os.path.join(ROOT, page)) as f:
        return f.read()


def links(page):
    """(file, anchor) of each link to a file of this repository."""
    for target in LINK.findall(re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        yield os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page, anchor


def anchors(page):
    """As GitHub makes them of headings."""
    for heading in re.findall(r"^#+ (.*)$", text_of(page), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def reached():
    pages, todo = set(), ["README.md"]
    while todo:
        page = todo.pop()
        if page in pages:
            continue
        pages.add(page)
        todo += [path for path, _ in links(page)
                 if path.endswith(".md") and os.path.exists(os.path.join(ROOT, path))]
    return pages


class Docs(unittest.TestCase):
    def test_the_readme_has_at_most_five_kilobytes(self):
        self.assertLessEqual(len(text_of("README.md").encode()), 5000)

    def test_every_page_is_reached_from_the_readme(self):
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "*.md"],
                                capture_output=True, text=True, check=True).stdout.split()
        pages = {page for page in listed if not page.startswith((".github/", "examples/starter/")) and os.path.exists(os.path.join(ROOT, page))}
        self.assertEqual(sorted(pages - reached()), [])

    def test_no_link_is_dead(self):
        dead = []
        for page in sorted(reached()):
            for path, anchor in links(page):
                if not os.path.exists(os.path.join(ROOT, path)):
                    dead.append(f"{page}: {path}")
                elif anchor and anchor not in anchors(path):
                    dead.append(f"{page}: {path}#{anchor}")
        self.assertEqual(dead, [])


if __name__ == "__main__":
    unittest.main()
