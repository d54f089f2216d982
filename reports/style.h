// How a text for people looks. Who may choose: harness/cli/console/style_choice.h.
#pragma once

namespace mqtts::reports {

struct Style {
  bool color = false;    // SGR escapes
  bool unicode = false;  // signs beyond ASCII
  bool live = false;     // a status line that is rewritten in place
  int width = 100;       // columns; lines are wrapped at it, except that a word is never broken
};

}  // namespace mqtts::reports
