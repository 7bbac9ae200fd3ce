"""What both pictures share: the frame with its texts for screen readers, and the two colour schemes."""

from xml.etree.ElementTree import Element, SubElement

STYLE = """
text { font: 11px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #57606a; }
.heading { font-size: 14px; font-weight: 600; fill: #1f2328; }
.paper { fill: #ffffff; }
.level-0 { fill: #ebedf0; } .level-1 { fill: #a5dfb2; } .level-2 { fill: #56bd70; }
.level-3 { fill: #2b8a47; } .level-4 { fill: #175c2d; }
.grid { stroke: #d8dee4; stroke-width: 1; }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
.created { stroke: #0969da; stroke-dasharray: 7 5; } .completed { stroke: #1a7f37; }
.created-name { fill: #0969da; font-weight: 600; } .completed-name { fill: #1a7f37; font-weight: 600; }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1; }
  .heading { fill: #f0f6fc; }
  .paper { fill: #0d1117; }
  .level-0 { fill: #21262d; } .level-1 { fill: #174d29; } .level-2 { fill: #24823f; }
  .level-3 { fill: #3fb45c; } .level-4 { fill: #7ee294; }
  .grid { stroke: #30363d; }
  .created { stroke: #58a6ff; } .completed { stroke: #3fb950; }
  .created-name { fill: #58a6ff; } .completed-name { fill: #3fb950; }
}
"""


def labelled_svg(width: int, height: int, title: str, description: str) -> Element:
    """An empty picture that says what it shows; the tree escapes whatever text it is given."""
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(width),
            "height": str(height),
            "viewBox": f"0 0 {width} {height}",
            "role": "graphics-document",
            "aria-labelledby": "title description",
            "lang": "en",
        },
    )
    SubElement(svg, "title", {"id": "title"}).text = title
    SubElement(svg, "desc", {"id": "description"}).text = description
    SubElement(svg, "style").text = STYLE
    SubElement(svg, "rect", {"class": "paper", "width": "100%", "height": "100%", "rx": "6"})
    return svg


def text(
    parent: Element, x: float, y: float, content: str, style: str = "", anchor: str = "start"
) -> Element:
    """A line of text; `anchor` is start, middle or end."""
    element = SubElement(parent, "text", {"x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor})
    if style:
        element.set("class", style)
    element.text = content
    return element
