#include "harness/engine/credential_guesses.h"

#include <algorithm>
#include <array>

#include "harness/util/ascii.h"
#include "harness/util/seeded_random.h"

namespace mqtts::engine {
namespace {

constexpr std::string_view letters_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::array<std::string_view, 8> common_passwords = {"password",  "123456", "mosquitto", "raspberry",
                                                              "azerty123", "admin",  "changeme",  "mqtt1234"};
constexpr std::array<std::string_view, 8> people = {"marie", "lucas", "camille", "hugo",
                                                    "ines",  "oscar", "nora",    "felix"};

// Numbers in a row, each drawn for its place.
class Dice {
 public:
  explicit Dice(std::string_view seed) : seed_(seed) {}

  std::size_t roll(std::size_t sides) { return draw_number(seed_, "roll " + std::to_string(count_++), sides); }
  char one_of(std::string_view alphabet) { return alphabet[roll(alphabet.size())]; }
  template <class T, std::size_t size>
  std::string one_of(const std::array<T, size>& items) {
    return std::string(items[roll(size)]);
  }
  std::string text(std::string_view alphabet, std::size_t length) {
    std::string text;
    while (text.size() < length) text += one_of(alphabet);
    return text;
  }

 private:
  const std::string seed_;
  int count_ = 0;
};

// A letter of ASCII in another's place: of a letter of more bytes none would be left.
std::string with_one_changed(std::string text, std::string_view alphabet, Dice& dice) {
  const auto at = dice.roll(text.size());
  if (static_cast<unsigned char>(text[at]) >= 0x80) return text;
  text[at] = dice.one_of(alphabet);
  return text;
}

std::string without_one(std::string text, Dice& dice) {
  const auto at = dice.roll(text.size());
  if (static_cast<unsigned char>(text[at]) < 0x80) text.erase(at, 1);
  return text;
}

std::string guess_at_password(const std::string& right, const std::string& user_name, Dice& dice) {
  switch (dice.roll(7)) {
    case 0: return with_one_changed(right, letters_and_digits, dice);
    case 1: return without_one(right, dice);
    case 2: return right.substr(0, right.size() - 1);
    case 3: return right + dice.one_of(letters_and_digits);
    case 4: return dice.one_of(common_passwords);
    case 5: return user_name;
    default: return dice.text(letters_and_digits, 24);
  }
}

std::string guess_at_user(const std::vector<std::string>& known, Dice& dice) {
  const auto& one = known[dice.roll(known.size())];
  switch (one.empty() ? 3 : dice.roll(4)) {
    case 0: return with_one_changed(one, letters, dice);
    case 1: return without_one(one, dice);
    case 2: return dice.one_of(people) + dice.text("0123456789", 3);
    default: return dice.text(letters_and_digits, 24);
  }
}

constexpr int guesses = 16;  // then something that is surely none

constexpr std::array<std::string_view, 4> kinds_of_characters = {
    "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "-_.!+@#%&*"};

std::string_view kind_of(char character) {
  for (const auto kind : kinds_of_characters)
    if (kind.find(character) != std::string_view::npos) return kind;
  const auto byte = static_cast<unsigned char>(character);
  return byte > 0x20 && byte < 0x7f ? kinds_of_characters.back() : std::string_view();
}

bool is_known(const std::string& guess, const std::vector<std::string>& known) {
  return std::ranges::any_of(known, [&](const std::string& name) { return lower_case(name) == lower_case(guess); });
}

}  // namespace

std::string altered(const std::string& text, std::string_view seed) {
  Dice dice(seed);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (!kind_of(text[i]).empty()) places.push_back(i);
  if (places.empty()) {
    auto other = dice.text(letters_and_digits, std::max<std::size_t>(1, text.size()));
    return other == text ? other + other : other;
  }
  auto other = text;
  const auto at = places[dice.roll(places.size())];
  while (other[at] == text[at]) other[at] = dice.one_of(kind_of(text[at]));
  return other;
}

std::string altered_user(const std::string& name, const std::vector<std::string>& known, std::string_view seed) {
  for (int count = 0; count < guesses; ++count)
    if (auto other = altered(name, derive(seed, std::to_string(count))); !is_known(other, known)) return other;
  return Dice(seed).text(letters_and_digits, 24);
}

std::string wrong_password(const std::string& right, const std::string& user_name, std::string_view seed) {
  Dice dice(seed);
  for (int count = 0; count < guesses && !right.empty(); ++count)
    if (auto guess = guess_at_password(right, user_name, dice); guess != right && !guess.empty()) return guess;
  return dice.text(letters_and_digits, 24);
}

std::string unknown_user(const std::vector<std::string>& known, std::string_view seed) {
  Dice dice(seed);
  for (int count = 0; count < guesses && !known.empty(); ++count) {
    auto guess = guess_at_user(known, dice);
    if (!is_known(guess, known) && !guess.empty()) return guess;
  }
  return dice.text(letters_and_digits, 24);
}

}  // namespace mqtts::engine
