#include "harness/grading/roster/csv_reader.h"

#include <csv.h>

#include <algorithm>
#include <array>
#include <new>

namespace mqtts::grading {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, char separator, std::size_t most_rows, json::Diagnostics& problems)
      : text_(text), separator_(separator), most_rows_(most_rows), problems_(problems) {}

  std::vector<CsvRow> read() {
    while (at_ < text_.size()) read_on();
    return std::move(rows_);
  }

 private:
  // libcsv's parser cannot continue after an error: each parser gets its own part of the text.
  struct Parser {
    explicit Parser(char separator) {
      if (csv_init(&state, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
      csv_set_delim(&state, static_cast<unsigned char>(separator));
    }
    ~Parser() { csv_free(&state); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    csv_parser state{};
  };

  // Reads until the end of the text or of a line with an error.
  void read_on() {
    Parser parser(separator_);
    begin_row();
    // Byte by byte, to know where each field ends.
    for (; at_ < text_.size(); ++at_) {
      if (csv_parse(&parser.state, &text_[at_], 1, end_field, end_row, this) == 1) continue;
      if (csv_error(&parser.state) != CSV_EPARSE) throw std::bad_alloc();
      problems_.add(field_start(),
                    msg("the quotation marks of this field are not right: it must begin and end with one, "
                        "and each one in it must stand twice"));
      skip_line();
      return;
    }
    if (csv_fini(&parser.state, end_field, end_row, this) != 0)
      problems_.add(field_start(), msg("the quotation mark that begins this field is never closed"));
  }

  static void end_field(void* text, std::size_t size, void* self) {
    static_cast<CsvReader*>(self)->take_field({static_cast<const char*>(text), size});
  }
  static void end_row(int, void* self) { static_cast<CsvReader*>(self)->take_row(); }

  void take_field(std::string_view text) {
    row_.push_back({std::string(text), field_start()});
    field_ = at_ + 1;
  }

  void take_row() {
    if (rows_.size() < most_rows_) {
      rows_.push_back(std::move(row_));
    } else {
      problems_.add(row_.front().at, msg("there are more than {count} rows", {{"count", std::to_string(most_rows_)}}));
      at_ = text_.size() - 1;
    }
    begin_row();
  }

  void begin_row() {
    row_.clear();
    field_ = at_;
  }

  // Blanks before a field, and empty lines before a row, are not part of a field.
  std::size_t field_start() const {
    const auto start = text_.find_first_not_of(row_.empty() ? " \t\r\n" : separator_ == '\t' ? " " : " \t", field_);
    return std::min({start, at_, text_.size() - 1});
  }

  void skip_line() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    if (at_ < text_.size()) ++at_;
  }

  std::string_view text_;
  char separator_;
  std::size_t most_rows_;
  json::Diagnostics& problems_;
  std::size_t at_ = 0;     // of the byte being parsed
  std::size_t field_ = 0;  // of the first byte after the previous field
  CsvRow row_;
  std::vector<CsvRow> rows_;
};

}  // namespace

std::vector<CsvRow> read_csv(std::string_view text, char separator, std::size_t most_rows,
                             json::Diagnostics& problems) {
  return CsvReader(text, separator, most_rows, problems).read();
}

char separator_of(std::string_view text) {
  constexpr std::array candidates = {',', ';', '\t'};
  std::array<std::size_t, candidates.size()> counts{};
  bool is_quoted = false;
  for (const char c : text.substr(0, text.find_first_of("\r\n", text.find_first_not_of("\r\n")))) {
    if (c == '"') is_quoted = !is_quoted;
    const auto found = std::ranges::find(candidates, c);
    if (!is_quoted && found != candidates.end()) ++counts[static_cast<std::size_t>(found - candidates.begin())];
  }
  return candidates[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

}  // namespace mqtts::grading
