#pragma once

#include <string_view>
#include <vector>

namespace matview::test {

/// Every type there is, in the text form as it is printed.
inline const std::vector<std::string_view>& schema_samples() {
  static const std::vector<std::string_view> k_samples{
      "",
      "a null, b bool not null, c int8, d int16, e int32, f int64, g uint8, h uint16, i uint32, j uint64",
      "a float16, b float32, c float64, d utf8, e large_utf8, f binary, g large_binary, h utf8_view, i binary_view",
      "a date32, b date64, c time32[s], d time32[ms], e time64[us], f time64[ns]",
      "a timestamp[s], b timestamp[ms], c timestamp[us, UTC], d timestamp[ns, Europe/Berlin], e timestamp[us, +05:30]",
      "a timestamp[s, \"odd zone]\"], b duration[s], c duration[ms], d duration[us], e duration[ns]",
      "a interval[year_month], b interval[day_time], c interval[month_day_nano]",
      "a decimal(10, 2), b decimal(38, -3), c decimal256(76, 0), d decimal32(9, 1), e decimal64(18, 18)",
      "a fixed_size_binary(16), b fixed_size_binary(0), c fixed_size_list<float32, 128>",
      "tags list<utf8>, b list<int64 not null> not null, c large_list<element utf8>, d list<\"x y\" null>",
      "a list_view<utf8>, b large_list_view<list<list<int8>>>",
      "p struct<x float64, y float64 not null>, q struct<>, r list<struct<a int8, b list<utf8>>>",
      "m map<utf8, int32>, n map<int64, utf8 not null, sorted>, o map<keys utf8, values list<int32>>",
      "m map<utf8 null, int32>, n map<key_value struct<key utf8 not null, value int32> not null>",
      "m map<struct<a int8, b int8>, int32>, n map<struct<key utf8 not null, value int32>, sorted>",
      "u dense_union<a int32, b utf8>, v sparse_union<5: a int32 not null, 7: b utf8>, w sparse_union<>",
      "d dictionary<int32, utf8>, e dictionary<uint8, large_utf8, ordered>, f list<dictionary<int16, utf8>>",
      "d dictionary<int32, utf8, id 7>, e dictionary<int64, list<dictionary<int8, utf8, id -1>>, ordered, id 9>",
      "r run_end_encoded<int32, utf8>, s run_end_encoded<int16 null, values2 int64 not null>",
      "id int64 metadata {\"k\": \"v\", \"k\": \"again\", \"\": \"\"}, x utf8 not null metadata {\"a\": \"b\"}",
      "id int64; metadata {\"pandas\": \"{\\\"a\\\": 1}\", \"bytes\": \"\\xff\\u0000\\u0007\"}",
      "\"\" int64, \"a b\" utf8, \"q\\\"uote\" utf8, \"back`tick\" utf8, \"7up\" int8, \"größe\" int64, \"\\u202e\" "
      "int8",
      "\"\\u001b[31m\" int8, \"\\xc3(\" int8, \"\\udb40\\udc41\" int8",
      "null int32, not null not null, metadata utf8, list list<list int8>, struct struct<struct struct<>>",
  };
  return k_samples;
}

}  // namespace matview::test
