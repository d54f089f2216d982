#include "harness/json/did_you_mean.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mqtts::json {
namespace {

constexpr std::size_t longest_word = 64;  // the distance costs the product of both lengths

}  // namespace

// Levenshtein distance; an exchange of two neighbouring letters counts as one edit.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + differs});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, std::move(row));
  }
  return last.back();
}

std::string did_you_mean(std::string_view written, const std::vector<std::string>& known) {
  std::string best;
  auto fewest = std::max<std::size_t>(2, written.size() / 3) + 1;
  if (written.size() > longest_word) return best;
  for (const auto& word : known) {
    if (word.size() > longest_word) continue;
    const auto count = edit_distance(written, word);
    if (count < fewest && count < std::max(word.size(), written.size())) {
      fewest = count;
      best = word;
    }
  }
  return best;
}

}  // namespace mqtts::json
