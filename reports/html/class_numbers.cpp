// Key figures of the class, and the distribution of its scores.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "reports/distribution.h"
#include "reports/html/class_parts.h"
#include "reports/html/parts.h"

namespace mqtts::reports {
namespace {

// A bar whose width is a share of its cell; the text beside it gives the number.
void add_bar(Node parent, double share) {
  auto picture = set(add(parent, "svg", "bar"), "aria-hidden", "true");
  auto bar = set(add(picture, "rect"), "width", fmt::format("{:.1f}%", 100 * std::clamp(share, 0.0, 1.0)));
  set(bar, "height", "100%");
}

void add_histogram(Node section, const std::vector<double>& marks, double most, const HtmlWriter& writer) {
  const auto bins = histogram_of(marks, most);
  if (bins.empty()) return;
  const auto longest = std::max<std::size_t>(1, std::ranges::max(bins, {}, &Bin::count).count);
  auto table = add(section, "table", "histogram");
  writer.say(add(table, "caption"), msg("Distribution of the marks"));
  auto row = add(add(table, "thead"), "tr");
  add_column(row, msg("Mark"), writer);
  set(add_column(row, msg("Students"), writer), "colspan", "2");
  auto body = add(table, "tbody");
  for (auto bin = bins.rbegin(); bin != bins.rend(); ++bin) {
    auto line = add(body, "tr");
    const bool is_last = bin == bins.rbegin();
    const std::map<std::string, std::string> limits = {{"from", writer.number(bin->from)},
                                                       {"to", writer.number(bin->to)}};
    writer.say(set(add(line, "th"), "scope", "row"),
               is_last ? msg("{from} and more", limits) : msg("from {from} to below {to}", limits));
    writer.say(add(line, "td", "count"), std::to_string(bin->count));
    add_bar(add(line, "td"), static_cast<double>(bin->count) / static_cast<double>(longest));
  }
}

}  // namespace

void add_numbers(Node main, const Report& report, const HtmlWriter& writer) {
  std::vector<double> marks;
  double most = 0;
  for (const auto& target : report.targets) {
    if (!is_graded(target)) continue;
    marks.push_back(target.score);
    most = std::max(most, target.max_score);
  }
  const auto lie = distribution_of(marks);
  auto section = add_section(main, "numbers", msg("The class in numbers"), writer);
  auto list = add(section, "dl", "tiles");
  const auto tile = [&](const Message& name, const Message& value) { writer.say(add_fact(list, name, writer), value); };
  const auto of_most = [&](double mark) {
    return msg("{points} of {max}",
               {{"points", writer.number(std::round(mark * 10) / 10)}, {"max", writer.number(most)}});
  };
  const auto of_all = [&](std::size_t count) {
    return msg("{passed} of {all}",
               {{"passed", std::to_string(count)}, {"all", std::to_string(report.targets.size())}});
  };
  tile(msg("Graded"), of_all(lie.count));
  tile(msg("Without a mark"), of_all(report.targets.size() - lie.count));
  if (marks.empty()) return;
  tile(msg("Mean"), of_most(lie.mean));
  tile(msg("Median"), of_most(lie.median));
  tile(msg("The middle half"),
       msg("{from} to {to}", {{"from", writer.number(std::round(lie.lower_quartile * 10) / 10)},
                              {"to", writer.number(std::round(lie.upper_quartile * 10) / 10)}}));
  add_histogram(section, marks, most, writer);
}

}  // namespace mqtts::reports
