#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace matview::engine {

/// The end of the token that begins at `at`, as DuckDB's lexer sees it: a string of any kind, a quoted name, a word or
/// number, or else one character. `at` must be neither blank nor comment.
std::size_t token_end(std::string_view sql, std::size_t at);

/// Where the next token begins: behind blanks and (nested) comments.
std::size_t skip_blanks(std::string_view sql, std::size_t at);

/// `sql` without trailing semicolons, blanks and comments, so that it can stand in parentheses.
std::string_view without_terminator(std::string_view sql);

/// The text with A to Z in lower case, which is how DuckDB compares names.
std::string fold_case(std::string_view text);

}  // namespace matview::engine
