"""Exit code 0 if each HTML page that is named is whole, harmless and in good order, as Python's own parser reads it."""
import html.parser
import re
import sys

VOID = {"meta", "br", "hr"}
ALLOWED = VOID | set(
    "html head title style body header main footer nav section article div p span h1 h2 h3 h4 h5 ul ol li dl dt dd a b"
    " strong bdi code pre time details summary table caption thead tbody tr th td svg rect".split())
ATTRIBUTES = set(
    "lang charset http-equiv content name class id href datetime open tabindex role scope colspan rowspan start width"
    " height aria-label aria-labelledby aria-hidden aria-current".split())


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.wanted, self.headings, self.seen = [], [], [], [], []
        self.faults, self.policy, self.text = [], "", ""

    def fault(self, text):
        self.faults.append(f"{self.getpos()}: {text}")

    def handle_decl(self, decl):
        if decl != "DOCTYPE html" or self.seen:
            self.fault(f"declaration {decl!r}")

    def handle_comment(self, data):
        self.fault("a comment")

    def handle_pi(self, data):
        self.fault("a processing instruction")

    def unknown_decl(self, data):
        self.fault("a section")

    def handle_starttag(self, tag, attrs):
        self.start(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.start(tag, attrs)
        if tag not in VOID:
            self.fault(f"<{tag} /> has no end in HTML")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.fault(f"</{tag}> closes nothing")

    def handle_data(self, data):
        self.text += data

    def start(self, tag, attrs):
        self.seen.append(tag)
        if tag not in ALLOWED:
            self.fault(f"<{tag}>")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.fault(f"attribute {name}")
            if name == "id":
                self.ids.append(value)
                if not re.fullmatch("[a-z0-9-]+", value):
                    self.fault(f"id {value!r}")
            if name == "class" and not re.fullmatch("[a-z -]+", value):
                self.fault(f"class {value!r}")
            if name == "aria-labelledby":
                self.wanted.append(value)
            if name == "href":
                if value.startswith("#"):
                    self.wanted.append(value[1:])
                elif not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*/report\.html", value):
                    self.fault(f"link to {value!r}")
            if name == "datetime" and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value):
                self.fault(f"time {value!r}")
            if (name, value) == ("http-equiv", "Content-Security-Policy"):
                self.policy = dict(attrs)["content"]


def faults_of(path):
    source = open(path, encoding="utf-8", errors="strict", newline="").read()
    page = Page()
    page.feed(source)
    page.close()
    if not source.startswith("<!DOCTYPE html>"):
        page.fault("no DOCTYPE at its beginning")
    if page.open:
        page.fault(f"never closed: {page.open}")
    for tag in ("html", "head", "body", "title", "style", "h1", "header", "main", "footer"):
        if page.seen.count(tag) != 1:
            page.fault(f"{page.seen.count(tag)} times <{tag}>")
    if page.seen.count("details") != page.seen.count("summary"):
        page.fault("something folded has no summary")
    if len(set(page.ids)) != len(page.ids):
        page.fault("an id stands twice")
    for name in set(page.wanted) - set(page.ids):
        page.fault(f"nothing has the id {name}")
    for above, below in zip(page.headings, page.headings[1:]):
        if below > above + 1:
            page.fault(f"a heading of level {below} below one of level {above}")
    if not page.policy.startswith("default-src 'none'"):
        page.fault("no policy")
    dangerous = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
    if found := re.search(dangerous, page.text + source):
        page.fault(f"the character {found.group()!r}")
    return page.faults


bad = False
for path in sys.argv[1:]:
    for fault in faults_of(path):
        bad = True
        print(f"{path}: {fault}")
sys.exit(bad)
