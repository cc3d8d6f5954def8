package dev.warren.bench;

import java.util.Locale;

/**
 * An SVG that is written from top to bottom, and is readable on light and on dark pages. For one
 * thread.
 */
final class SvgPage {
  static final int WIDTH = 900;
  static final int MARGIN = 24;

  private static final String STYLE =
      """
      <style>
        text { font: 13px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
        .page { fill: #ffffff } .title { font-size: 18px; font-weight: 600 }
        .kind { font-size: 14px; font-weight: 600 } .muted { fill: #59636e } .end { text-anchor: end }
        .part0 { fill: #b5763a } .part1 { fill: #2f6db5 } .part2 { fill: #3d8a5f }
        .part3 { fill: #8250b8 } .part4 { fill: #b23b6e } .whole { fill: #2f6db5 }
        .range { stroke: #1f2328; stroke-width: 1.5; fill: none }
        .line { fill: none; stroke-width: 2 } .grid { stroke: #d1d9e0; stroke-width: 1 }
        .line.part0 { stroke: #b5763a } .line.part1 { stroke: #2f6db5 } .line.part2 { stroke: #3d8a5f }
        .line.part3 { stroke: #8250b8 } .line.part4 { stroke: #b23b6e } path.line { fill: none }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 } .page { fill: #0d1117 } .muted { fill: #9198a1 }
          .part0 { fill: #d29a5f } .part1 { fill: #63a6ea } .part2 { fill: #5fbf8a }
          .part3 { fill: #b28ae0 } .part4 { fill: #e07aa5 } .whole { fill: #63a6ea }
          .range { stroke: #e6edf3 } .grid { stroke: #3d444d }
          .line.part0 { stroke: #d29a5f } .line.part1 { stroke: #63a6ea } .line.part2 { stroke: #5fbf8a }
          .line.part3 { stroke: #b28ae0 } .line.part4 { stroke: #e07aa5 }
        }
      </style>
      """;

  private final String title;
  private final StringBuilder svg = new StringBuilder();
  private int y = MARGIN;

  /** Begins one with a title, and a line of where it was. */
  SvgPage(String title, Machine machine, String broker) {
    this.title = title;
    down(12).text("title", MARGIN, title);
    String version = machine.java().substring(machine.java().lastIndexOf(' ') + 1);
    down(22)
        .text(
            "muted",
            MARGIN,
            "%s, %d cores; Java %s; %s%s"
                .formatted(
                    machine.processor(),
                    machine.cores(),
                    version.split("[+-]", 2)[0],
                    broker,
                    machine.busy() ? "; THE MACHINE WAS BUSY" : ""));
  }

  /** Goes on so much lower. */
  SvgPage down(int pixels) {
    y += pixels;
    return this;
  }

  int y() {
    return y;
  }

  SvgPage text(String kind, double x, String words) {
    return add(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>%n",
            kind,
            x,
            y,
            words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")));
  }

  /** A bar that stands on the line. */
  SvgPage bar(String kind, double x, double width, int height) {
    return add(
        String.format(
            Locale.ROOT,
            "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
            kind,
            x,
            y - height + 3,
            Math.max(0.5, width),
            height));
  }

  SvgPage path(String kind, String commands) {
    return add(String.format(Locale.ROOT, "<path class=\"%s\" d=\"%s\"/>%n", kind, commands));
  }

  private SvgPage add(String element) {
    svg.append(element);
    return this;
  }

  /** All of it. */
  String close() {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
    <title>%3$s</title>
    %4$s<rect class="page" width="%1$d" height="%2$d"/>
    %5$s</svg>
    """
        .formatted(WIDTH, y + MARGIN, title, STYLE, svg);
  }
}
