package dev.warren.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A long run as a picture: its rate, and the memory of each part, over time. */
final class SoakPlot {
  private static final int LEFT = 90;
  private static final int ACROSS = 640;
  private static final int HIGH = 150;
  private static final List<String> PARTS = List.of("broker", "client", "worker", "gateway");

  private final SoakReport report;
  private final SvgPage page;
  private final double seconds;

  private SoakPlot(SoakReport report) {
    this.report = report;
    this.page = new SvgPage("warren bench soak", report.machine(), report.broker());
    this.seconds = report.slices().isEmpty() ? 1 : report.slices().getLast().at();
    page.down(18).text("muted", SvgPage.MARGIN, report.setting());
    rates();
    memory();
  }

  static String of(SoakReport report) {
    return new SoakPlot(report).page.close();
  }

  private void rates() {
    double most = most(Sample::perSecond);
    frame("tasks a second", most);
    line("part1", Sample::perSecond, most);
    axis();
  }

  private void memory() {
    double most =
        PARTS.stream().mapToDouble(part -> most(sample -> resident(sample, part))).max().orElse(1);
    frame("memory, MiB resident", most);
    for (int i = 0; i < PARTS.size(); i++) {
      String part = PARTS.get(i);
      double last = resident(report.slices().getLast().sample(), part);
      if (last > 0) {
        line("part" + i, sample -> resident(sample, part), most);
        int up = (int) Math.round(HIGH * last / most);
        page.down(-up).text("", LEFT + ACROSS + 10, part).down(up);
      }
    }
    axis();
  }

  private static double resident(Sample sample, String part) {
    return sample.usage().parts().stream()
        .filter(used -> used.part().equals(part))
        .mapToDouble(Usage.Of::resident)
        .sum();
  }

  private double most(ToDoubleFunction<Sample> figure) {
    double most =
        report.slices().stream().map(SoakReport.Slice::sample).mapToDouble(figure).max().orElse(1);
    return most <= 0 ? 1 : most;
  }

  /** The title and the lines of a chart; the page is then at its foot. */
  private void frame(String title, double most) {
    page.down(34).text("kind", SvgPage.MARGIN, title).down(14 + HIGH);
    for (double value : new double[] {0, most / 2, most}) {
      int up = (int) Math.round(HIGH * value / most);
      page.down(-up)
          .path("grid", "M%d %dh%d".formatted(LEFT, page.y(), ACROSS))
          .text("muted end", LEFT - 8, String.format(Locale.ROOT, "%,.0f", value))
          .down(up);
    }
  }

  private void line(String kind, ToDoubleFunction<Sample> figure, double most) {
    StringBuilder commands = new StringBuilder();
    for (SoakReport.Slice slice : report.slices()) {
      commands.append(
          String.format(
              Locale.ROOT,
              "%s%.1f %.1f",
              commands.isEmpty() ? "M" : "L",
              LEFT + ACROSS * slice.at() / seconds,
              page.y() - HIGH * figure.applyAsDouble(slice.sample()) / most));
    }
    page.path("line " + kind, commands.toString());
  }

  private void axis() {
    page.down(18)
        .text("muted", LEFT, "0 s")
        .text("muted end", LEFT + ACROSS, String.format(Locale.ROOT, "%.0f s", seconds));
  }
}
