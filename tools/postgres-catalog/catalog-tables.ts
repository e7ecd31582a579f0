/** One table of the system catalog, written as lines of words into a module of its own. */
export interface CatalogTable {
  readonly file: string;
  readonly constant: string;
  readonly comment: string;
  /** Gives the lines, in a column named `line`. */
  readonly sql: string;
}

const ARGUMENTS = `coalesce((SELECT string_agg(t.typname, ',' ORDER BY n)
  FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (oid, n) JOIN pg_type t ON t.oid = a.oid), '-')`;

const SIGNATURE = `p.proname || '(' || CASE WHEN p.pronargs = 0 THEN '' ELSE ${ARGUMENTS} END || ')'`;

/**
 * What an implementation is found by: a C function's name, or the signature of another function.
 */
const SOURCE = `CASE WHEN l.lanname = 'internal' AND p.prokind <> 'a' THEN p.prosrc ELSE ${SIGNATURE} END`;

/**
 * Functions that serve operators, indexes, types, casts or aggregates, and are not called by name.
 */
const SUPPORT = `SELECT oprcode::oid AS oid FROM pg_operator
  UNION SELECT oprrest FROM pg_operator UNION SELECT oprjoin FROM pg_operator
  UNION SELECT amproc FROM pg_amproc
  UNION SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend, typmodin, typmodout]::oid[]) FROM pg_type
  UNION SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn,
    aggminvtransfn, aggmfinalfn]::oid[]) FROM pg_aggregate
  UNION SELECT prosupport FROM pg_proc`;

const TYPES = `'bool','int2','int4','int8','numeric','float4','float8','text','varchar','bpchar','name','uuid','regclass','regtype','xid8','pg_snapshot',
  'bytea','date','time','timestamp','timestamptz','interval','json','jsonb','record','void','oid','any',
  'anyelement','anyarray','anynonarray','anyenum','anycompatible','anycompatiblearray','anycompatiblenonarray'`;

/** Names of functions of which at least one is over nothing but types that are simulated. */
const CALLABLE = `SELECT p.proname FROM pg_proc p WHERE p.prokind IN ('f', 'a', 'w')
  AND p.prorettype IN (SELECT oid FROM pg_type WHERE typname IN (${TYPES}) OR typelem IN
    (SELECT oid FROM pg_type WHERE typname IN (${TYPES})) AND typcategory = 'A')
  AND NOT EXISTS (SELECT FROM unnest(p.proargtypes::oid[]) a WHERE a NOT IN (SELECT oid FROM pg_type
    WHERE typname IN (${TYPES}) OR typelem IN (SELECT oid FROM pg_type WHERE typname IN (${TYPES}))
      AND typcategory = 'A'))
  AND (p.proname IN ('hashtext', 'array_append', 'array_prepend', 'array_cat', 'starts_with') OR p.oid NOT IN (SELECT oid FROM (${SUPPORT}) s WHERE oid IS NOT NULL))
  AND p.proname !~ '^(_pg|binary_upgrade|has_|ts_|lo_|loread|lowrite|brin|gin_|fmgr|amv|inet|xml|.*xml|.*_subdiff|.*_validator)'
  AND (p.proname !~ '^pg_' OR p.proname ~ '^pg_(advisory|try_advisory|sleep|backend_pid|typeof|notify|get_serial|current_xact_id|current_snapshot|snapshot_xmin|listening)')`;

/**
 * The parts of the system catalog by which PostgreSQL resolves types, operators, casts and
 * functions.
 */
export const CATALOG_TABLES: readonly CatalogTable[] = [
  {
    file: "pg-type-data.ts",
    constant: "PG_TYPE",
    comment: "Types: oid, name, category, preferred, oid of the array, shown name.",
    sql: `SELECT format('%s %s %s %s %s %s', t.oid, t.typname, t.typcategory,
        CASE WHEN t.typispreferred THEN 't' ELSE 'f' END, t.typarray, format_type(t.oid, NULL)) AS line
      FROM pg_type t WHERE t.typtype IN ('b', 'p', 'r', 'm') AND t.typnamespace = 'pg_catalog'::regnamespace
        AND t.oid NOT IN (SELECT typarray FROM pg_type)
        AND t.oid < 10000 ORDER BY t.oid`,
  },
  {
    file: "pg-operator-data.ts",
    constant: "PG_OPERATOR",
    comment: "Operators: name, left and right operand, result, strict, volatility, function.",
    sql: `SELECT format('%s %s %s %s %s %s %s', o.oprname, coalesce(x.typname, '-'), r.typname, e.typname,
        CASE WHEN p.proisstrict THEN 't' ELSE 'f' END, p.provolatile, ${SOURCE}) AS line
      FROM pg_operator o LEFT JOIN pg_type x ON x.oid = o.oprleft JOIN pg_type r ON r.oid = o.oprright
        JOIN pg_type e ON e.oid = o.oprresult JOIN pg_proc p ON p.oid = o.oprcode
        JOIN pg_language l ON l.oid = p.prolang
      ORDER BY o.oprname COLLATE "C", o.oid`,
  },
  {
    file: "pg-cast-data.ts",
    constant: "PG_CAST",
    comment: "Casts: source, target, context (i, a, e), method (f, b, i), volatility, function.",
    sql: `SELECT format('%s %s %s %s %s %s', s.typname, t.typname, c.castcontext, c.castmethod, coalesce(p.provolatile, 'i'),
        CASE WHEN p.oid IS NULL THEN '-' ELSE ${SOURCE} END) AS line
      FROM pg_cast c JOIN pg_type s ON s.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget
        LEFT JOIN pg_proc p ON p.oid = c.castfunc LEFT JOIN pg_language l ON l.oid = p.prolang
      ORDER BY s.typname COLLATE "C", t.typname COLLATE "C"`,
  },
  {
    file: "pg-proc-data.ts",
    constant: "PG_PROC",
    comment: "Name, kind, strict, set, volatility, variadic, defaults, result, arguments, source.",
    sql: `SELECT format('%s %s %s %s %s %s %s %s %s %s', p.proname, p.prokind,
        CASE WHEN p.proisstrict THEN 't' ELSE 'f' END, CASE WHEN p.proretset THEN 't' ELSE 'f' END,
        p.provolatile, coalesce(v.typname, '-'), p.pronargdefaults, e.typname, ${ARGUMENTS},
        ${SOURCE}) AS line
      FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_type e ON e.oid = p.prorettype
        LEFT JOIN pg_type v ON v.oid = p.provariadic
      WHERE p.prokind IN ('f', 'a', 'w') AND p.proname IN (${CALLABLE})
      ORDER BY p.proname COLLATE "C", p.oid`,
  },
  {
    file: "pg-function-name-data.ts",
    constant: "PG_FUNCTION_NAMES",
    comment: "The names of all other functions, which are known by name only.",
    sql: `SELECT string_agg(name, ' ' ORDER BY name COLLATE "C") AS line FROM (SELECT DISTINCT proname AS name FROM pg_proc
      WHERE prokind IN ('f', 'a', 'w', 'p') AND proname NOT IN (${CALLABLE})) n
      GROUP BY substr(name, 1, 3) ORDER BY min(name COLLATE "C")`,
  },
];
