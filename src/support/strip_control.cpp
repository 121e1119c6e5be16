#include "support/text.hpp"
#include "support/utf8.hpp"

namespace matview::support {

namespace {

constexpr char32_t k_escape = 0x1B;
constexpr char32_t k_bell = 0x07;
constexpr char32_t k_csi = 0x9B;                // ESC [ as one C1 character
constexpr char32_t k_string_terminator = 0x9C;  // ESC \ as one

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

/// Characters nobody sees, but which reorder or hide what is around them (the "Trojan source" ones among them).
bool is_deceptive(char32_t code) {
  return code == 0x061C || code == 0x200B || code == 0x200E || code == 0x200F ||  //
         (code >= 0x202A && code <= 0x202E) ||                                    //
         (code >= 0x2060 && code <= 0x206F) ||                                    //
         code == 0xFEFF || (code >= 0xFFF9 && code <= 0xFFFB) ||                  //
         (code >= 0xE0000 && code <= 0xE007F);
}

/// Starts a string that the terminal swallows up to a terminator: DCS, SOS, OSC, PM, APC, by ESC and letter or as C1.
bool starts_string_after_escape(char32_t code) {
  return code == 'P' || code == 'X' || code == ']' || code == '^' || code == '_';
}
bool is_string_start(char32_t code) {
  return code == 0x90 || code == 0x98 || code == 0x9D || code == 0x9E || code == 0x9F;
}

class Cleaner {
 public:
  Cleaner(std::string_view text, Newlines newlines) : text_(text), newlines_(newlines) {}

  std::string run() {
    out_.reserve(text_.size());
    while (position_ < text_.size()) {
      const auto point = decode_utf8(text_, position_);
      position_ += point.size;
      take(point.code);
    }
    return std::move(out_);
  }

 private:
  void take(char32_t code) {
    if (code == k_escape) return skip_escape();
    if (code == k_csi) return skip_parameters();
    if (is_string_start(code)) return skip_string();
    if (code == '\n') return out_.push_back(newlines_ == Newlines::keep ? '\n' : ' ');
    if (code == '\r' && position_ < text_.size() && text_[position_] == '\n') return;
    if (code == '\t' || code == '\r' || code == 0x2028 || code == 0x2029) return out_.push_back(' ');
    if (is_control(code)) return append_utf8(out_, 0xFFFD);
    if (!is_deceptive(code)) append_utf8(out_, code);
  }

  void skip_escape() {
    if (position_ == text_.size()) return;
    const char32_t code = static_cast<unsigned char>(text_[position_]);
    if (code == '[') {
      ++position_;
      return skip_parameters();
    }
    if (starts_string_after_escape(code)) {
      ++position_;
      return skip_string();
    }
    // nF sequences: intermediates, then a final character. Everything else is ESC and one character.
    while (position_ < text_.size() && text_[position_] >= 0x20 && text_[position_] <= 0x2F) ++position_;
    if (position_ < text_.size() && text_[position_] >= 0x30 && text_[position_] <= 0x7E) ++position_;
  }

  void skip_parameters() {
    while (position_ < text_.size() && text_[position_] >= 0x20 && text_[position_] <= 0x3F) ++position_;
    if (position_ < text_.size() && text_[position_] >= 0x40 && text_[position_] <= 0x7E) ++position_;
  }

  /// A string that never ends is no reason to lose the rest of the text: then only its opening goes.
  void skip_string() {
    for (std::size_t at = position_; at < text_.size();) {
      const auto point = decode_utf8(text_, at);
      at += point.size;
      const bool escaped = point.code == k_escape && at < text_.size() && text_[at] == '\\';
      if (escaped || point.code == k_bell || point.code == k_string_terminator) {
        position_ = at + (escaped ? 1 : 0);
        return;
      }
    }
  }

  std::string_view text_;
  Newlines newlines_;
  std::size_t position_ = 0;
  std::string out_;
};

}  // namespace

std::string strip_control(std::string_view text, Newlines newlines) { return Cleaner(text, newlines).run(); }

}  // namespace matview::support
