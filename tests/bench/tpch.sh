# Data with the cardinalities of TPC-H from a generator of our own, and changes of it. Sourced after lib.sh, not run.
# DuckDB's hash() is a fixed function: the data is the same everywhere.

# make_tpch FOLDER LINES: for each million of LINES in the fact table 250,000 orders of 1 to 7 lines, 25,000 customers,
# 1,667 suppliers, 33,333 parts; orders and their lines in 100 files each, by range of the key.
make_tpch() {
  folder=$1
  orders=$(($2 / 4))
  customers=$((orders / 10 + 1)) suppliers=$(($2 / 600 + 1)) parts=$(($2 / 30 + 1))
  per_file=$(((orders + 99) / 100))
  mkdir -p "$folder"
  echo "$orders $customers $suppliers $parts" >"$folder/sizes"
  [ ! -f "$folder/complete" ] || return 0
  mkdir -p "$folder/lineitem" "$folder/orders"
  duckdb "
    COPY (SELECT i AS r_regionkey, ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'][i + 1] AS r_name
          FROM range(5) t(i)) TO '$folder/region.parquet' (FORMAT parquet);
    COPY (SELECT i AS n_nationkey, 'NATION ' || i AS n_name, i % 5 AS n_regionkey FROM range(25) t(i))
      TO '$folder/nation.parquet' (FORMAT parquet);
    COPY (SELECT i AS s_suppkey, 'Supplier ' || i AS s_name, (hash(i, 's') % 25)::BIGINT AS s_nationkey
          FROM range($suppliers) t(i)) TO '$folder/supplier.parquet' (FORMAT parquet);
    COPY (SELECT i AS p_partkey, 'Brand ' || hash(i, 'b') % 25 AS p_brand, (hash(i, 'z') % 50)::INTEGER AS p_size
          FROM range($parts) t(i)) TO '$folder/part.parquet' (FORMAT parquet);
    COPY (SELECT i AS c_custkey, 'Customer ' || i AS c_name, (hash(i, 'c') % 25)::BIGINT AS c_nationkey,
            ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY'][1 + (hash(i, 'm') % 5)::BIGINT] AS c_mktsegment
          FROM range($customers) t(i)) TO '$folder/customer.parquet' (FORMAT parquet);"
  local file
  for ((file = 0; file < 100; file++)); do
    write_orders "$(printf '%04d' "$file")" $((file * per_file)) $((file * per_file + per_file)) 0
  done
  touch "$folder/complete"
}

# write_orders NAME FROM TO STATE: the orders with keys FROM to TO - 1, and their lines, as files NAME.parquet; written
# beside and renamed. What the orders are about depends on STATE too.
write_orders() {
  local name=$1 keys="range($2, $3) t(i)" state=$4
  duckdb "
    COPY (SELECT i AS o_orderkey, (hash(i, $state, 'k') % $customers)::BIGINT AS o_custkey,
            ['F', 'O', 'P'][1 + (hash(i, $state, 't') % 3)::BIGINT] AS o_orderstatus,
            ((hash(i, $state, 'p') % 50000000) / 100)::DECIMAL(15, 2) AS o_totalprice,
            DATE '1992-01-01' + (hash(i, $state, 'd') % 2406)::INTEGER AS o_orderdate,
            ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'][1 + (hash(i, $state, 'u') % 5)::BIGINT]
              AS o_orderpriority
          FROM $keys) TO '$folder/.orders' (FORMAT parquet);
    COPY (SELECT i AS l_orderkey, n::INTEGER AS l_linenumber, (hash(i, n, $state, 'a') % $parts)::BIGINT AS l_partkey,
            (hash(i, n, $state, 's') % $suppliers)::BIGINT AS l_suppkey,
            (1 + hash(i, n, $state, 'q') % 50)::DECIMAL(15, 2) AS l_quantity,
            ((90000 + hash(i, n, $state, 'e') % 10000000) / 100)::DECIMAL(15, 2) AS l_extendedprice,
            ((hash(i, n, $state, 'd') % 11) / 100)::DECIMAL(15, 2) AS l_discount,
            ((hash(i, n, $state, 'x') % 9) / 100)::DECIMAL(15, 2) AS l_tax,
            ['A', 'N', 'R'][1 + (hash(i, n, $state, 'r') % 3)::BIGINT] AS l_returnflag,
            ['F', 'O'][1 + (hash(i, n, $state, 'l') % 2)::BIGINT] AS l_linestatus,
            DATE '1992-01-02' + (hash(i, $state, 'd') % 2406 + hash(i, n, 'h') % 121)::INTEGER AS l_shipdate
          FROM $keys, range(1, 8) l(n) WHERE n <= 1 + hash(i, 'n') % 7) TO '$folder/.lineitem' (FORMAT parquet);"
  mv "$folder/.orders" "$folder/orders/$name.parquet"
  mv "$folder/.lineitem" "$folder/lineitem/$name.parquet"
}

# copy_tpch FROM TO: a copy whose files can be replaced; the files themselves are shared.
copy_tpch() {
  cp -al "$1" "$2"
  folder=$2
  read -r orders customers suppliers parts <"$folder/sizes"
  per_file=$(((orders + 99) / 100))
}

# turn_over ROUND COUNT: COUNT new orders come as new files; the COUNT oldest that are left go, by replacing the files
# that held them. Rounds count from 0.
turn_over() {
  local from=$(($1 * $2)) to=$((($1 + 1) * $2)) file last
  write_orders "new-$1" $((orders + from)) $((orders + to)) 0
  for ((file = from / per_file; file * per_file < to; file++)); do
    last=$((file * per_file + per_file))
    write_orders "$(printf '%04d' "$file")" $((to < last ? to : last)) "$last" 0
  done
}

# The views: a name, what it is, how many times faster than a full refresh it must be, and its query.
view_names=(few_groups join_3 join_6 many_groups filter_project large_orders customer_window order_counts)
declare -A view_title=(
  [few_groups]='single-table aggregate, few groups' [join_3]='3-way join with aggregate'
  [join_6]='6-way join with aggregate' [many_groups]='as many groups as orders' [filter_project]='filter and project'
  [large_orders]='semi join on an aggregate' [customer_window]='window per customer'
  [order_counts]='left join, aggregate of aggregate')
declare -A view_target=([few_groups]=20 [join_3]=10 [join_6]=5 [many_groups]=10 [filter_project]=20
  [large_orders]=3 [customer_window]=3 [order_counts]=3)

# query_of VIEW: its query over the data in $folder.
query_of() {
  local lineitem="'$folder/lineitem/*.parquet'" orders="'$folder/orders/*.parquet'"
  case $1 in
    few_groups) echo "SELECT l_returnflag, l_linestatus, sum(l_quantity) AS quantity, sum(l_extendedprice) AS price,
      sum(l_extendedprice * (1 - l_discount)) AS discounted, sum(l_extendedprice * (1 - l_discount) * (1 + l_tax))
      AS charge, avg(l_quantity) AS average, count(*) AS lines FROM $lineitem WHERE l_shipdate <= DATE '1998-09-02'
      GROUP BY l_returnflag, l_linestatus" ;;
    join_3) echo "SELECT c_mktsegment, o_orderdate, sum(l_extendedprice * (1 - l_discount)) AS revenue, count(*) AS lines
      FROM '$folder/customer.parquet' JOIN $orders o ON o_custkey = c_custkey
      JOIN $lineitem l ON l_orderkey = o_orderkey WHERE l_shipdate > o_orderdate + 30 GROUP BY ALL" ;;
    join_6) echo "SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue, count(*) AS lines
      FROM '$folder/customer.parquet', $orders o, $lineitem l, '$folder/supplier.parquet', '$folder/nation.parquet',
      '$folder/region.parquet' WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND l_suppkey = s_suppkey
      AND c_nationkey = s_nationkey AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'ASIA'
      GROUP BY n_name" ;;
    many_groups) echo "SELECT l_orderkey, count(*) AS lines, sum(l_quantity) AS quantity, sum(l_extendedprice) AS price
      FROM $lineitem GROUP BY l_orderkey" ;;
    filter_project) echo "SELECT l_orderkey, l_linenumber, l_extendedprice * (1 - l_discount) AS price, l_shipdate
      FROM $lineitem WHERE l_quantity < 24 AND l_discount BETWEEN 0.03 AND 0.07" ;;
    large_orders) echo "SELECT o_orderkey, o_custkey, o_orderdate, o_totalprice FROM $orders o WHERE o_orderkey IN
      (SELECT l_orderkey FROM $lineitem GROUP BY l_orderkey HAVING sum(l_quantity) > 250)" ;;
    customer_window) echo "SELECT o_custkey, o_orderkey, o_orderdate, row_number() OVER w AS place,
      sum(o_totalprice) OVER w AS total FROM $orders o WINDOW w AS (PARTITION BY o_custkey
      ORDER BY o_orderdate, o_orderkey)" ;;
    order_counts) echo "SELECT orders, count(*) AS customers FROM (SELECT c_custkey, count(o_orderkey) AS orders
      FROM '$folder/customer.parquet' LEFT JOIN $orders o ON c_custkey = o_custkey AND o_orderpriority <> '1-URGENT'
      GROUP BY c_custkey) GROUP BY orders" ;;
  esac
}

# median FILE: of the numbers in it, one in each line.
median() { sort -n "$1" | awk '{x[NR] = $1} END {print x[int((NR + 1) / 2)]}'; }

# mode_of VIEW: how its last refresh was done.
mode_of() { matview history "$1" --limit 1 -o json | grep -o '"mode": *"[a-z_]*"' | head -1 | cut -d'"' -f4; }
