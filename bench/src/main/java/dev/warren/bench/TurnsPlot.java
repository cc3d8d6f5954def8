package dev.warren.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What sides found that took turns, as a picture: their rates, and where processor time went. */
final class TurnsPlot {
  private static final int LEFT = 130;
  private static final int BARS = 420;
  private static final int BAR = 15;

  /** Room for the whiskers of ranges. */
  private static final double ROOM = 1.02;

  private static final List<String> PARTS = List.of("broker", "client", "worker", "gateway");

  private final SvgPage page;

  private TurnsPlot(TurnsReport report) {
    page =
        new SvgPage("warren bench " + report.scenario(), report.machine(), report.broker())
            .down(18)
            .text(
                "muted",
                SvgPage.MARGIN,
                "Medians of the rounds, and their range. Ratio: to the first side, in the same"
                    + " round.");
    report.cases().forEach(this::add);
  }

  static String of(TurnsReport report) {
    return new TurnsPlot(report).page.close();
  }

  private static String heading(TurnsReport.Case one) {
    return (one.name().isEmpty() ? "" : one.name() + ": ") + "tasks or messages a second";
  }

  private void add(TurnsReport.Case one) {
    List<TurnsReport.Compared> sides = one.compared();
    double fastest = sides.stream().mapToDouble(side -> side.perSecond().most()).max().orElse(0);
    page.down(34).text("kind", SvgPage.MARGIN, heading(one)).down(6);
    for (TurnsReport.Compared side : sides) {
      rate(side, side.equals(sides.getFirst()), Math.max(1, fastest) * ROOM);
    }
    double dearest = sides.stream().mapToDouble(side -> side.micros().median()).max().orElse(0);
    page.down(30).text("kind", SvgPage.MARGIN, "processor time for one").down(6);
    for (TurnsReport.Compared side : sides) {
      micros(side.side(), parts(one, side.side()), Math.max(1e-9, dearest) * ROOM);
    }
  }

  private void rate(TurnsReport.Compared side, boolean first, double scale) {
    Figures rate = side.perSecond();
    page.down(22).text("end", LEFT - 10, side.side());
    page.bar("whole", LEFT, BARS * rate.median() / scale, BAR);
    double middle = page.y() - BAR / 2.0 + 3;
    page.path(
        "range",
        String.format(
            Locale.ROOT,
            "M%.1f %.1fH%.1f",
            LEFT + BARS * rate.least() / scale,
            middle,
            LEFT + BARS * rate.most() / scale));
    page.text(
        "",
        LEFT + BARS + 12,
        first
            ? number("%,.0f", rate.median())
            : number("%,.0f", rate.median())
                + number(", ratio %.2f", side.ratio().median())
                + number(" (%.2f", side.ratio().least())
                + number(" to %.2f)", side.ratio().most()));
  }

  private void micros(String side, Map<String, Double> parts, double scale) {
    page.down(22).text("end", LEFT - 10, side);
    double x = LEFT;
    for (Map.Entry<String, Double> part : parts.entrySet()) {
      double width = BARS * part.getValue() / scale;
      page.bar("part" + colour(part.getKey()), x, width, BAR);
      x += width;
    }
    double sum = parts.values().stream().mapToDouble(Double::doubleValue).sum();
    page.text("", LEFT + BARS + 12, number("%.1f µs", sum));
    page.down(17)
        .text(
            "muted",
            LEFT,
            parts.entrySet().stream()
                .map(part -> part.getKey() + number(" %.1f", part.getValue()))
                .collect(Collectors.joining(" + ")));
  }

  /** Microseconds for one in each part: the median of the rounds. */
  private static Map<String, Double> parts(TurnsReport.Case one, String side) {
    Map<String, Double> parts = new LinkedHashMap<>();
    one.turns().stream()
        .filter(turn -> turn.side().equals(side))
        .flatMap(turn -> turn.sample().usage().parts().stream())
        .map(Usage.Of::part)
        .distinct()
        .forEach(
            part -> parts.put(part, one.figures(side, sample -> micros(sample, part)).median()));
    return parts;
  }

  private static double micros(Sample sample, String part) {
    return sample.usage().parts().stream()
        .filter(used -> used.part().equals(part))
        .mapToDouble(used -> sample.micros(used.processor()))
        .sum();
  }

  private static int colour(String part) {
    int index = PARTS.indexOf(part);
    return index < 0 ? PARTS.size() : index;
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
