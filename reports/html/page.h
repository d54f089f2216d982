// An HTML page as a tree: the base of both HTML reports. Names of elements, classes and ids are always ours; texts of
// others only become text, escaped by pugixml.
#pragma once

#include <string>
#include <string_view>

#include <pugixml.hpp>

#include "harness/util/message.h"
#include "reports/translator.h"

namespace mqtts::reports {

using Node = pugi::xml_node;

// Adds an element at the end of `parent`. `css` is its class; empty: none.
Node add(Node parent, const char* name, const char* css = "");

// Sets an attribute to a value of ours.
Node set(Node node, const char* name, const std::string& value);

// Writes into a tree in one language. Cheap to copy.
class HtmlWriter {
 public:
  explicit HtmlWriter(const Translator& tr) : tr_(tr) {}

  const Translator& tr() const { return tr_; }

  // Translates a message or a plan's text.
  std::string operator()(const Message& message) const;
  std::string operator()(const LocalText& text) const;

  // Adds a text of ours, a plan's, or anyone's (made one harmless line) at the end of `node`; returns `node`.
  Node say(Node node, const Message& message) const;
  Node say(Node node, const LocalText& text) const;
  Node say(Node node, std::string_view text) const;

  // Adds a message as a sentence of its own: with a capital letter, unless it begins with an identifier.
  Node say_alone(Node node, const Message& message) const;

  // "2.5", "2,5"
  std::string number(double value) const;

  // Adds a <time>.
  void time(Node parent, const std::string& iso) const;

  // Adds a name, a path or a line to paste: a <code>.
  Node code(Node parent, std::string_view text) const;

  // Adds foreign lines in a box that scrolls. `label` describes them.
  void excerpt(Node parent, std::string_view text, const Message& label) const;

 private:
  Translator tr_;
};

// The page itself: head, style, policy, and empty landmarks.
class Page {
 public:
  // `css` is inline and must hold no "<", ">" or "&": <style> has no escapes. `kind` is the body's class.
  Page(const HtmlWriter& writer, std::string_view title, std::string_view css, const char* kind);

  Node header() const { return header_; }
  Node main() const { return main_; }
  Node footer() const { return footer_; }

  std::string bytes();

 private:
  pugi::xml_document document_;
  Node header_;
  Node main_;
  Node footer_;
};

}  // namespace mqtts::reports
