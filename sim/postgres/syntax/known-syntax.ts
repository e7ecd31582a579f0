/**
 * The values of a field that are simulated: any that the grammar gives, or only these. A field that
 * is absent is always known.
 */
type KnownValues = "any" | readonly (string | number | boolean)[];

const RANGE_VAR = {
  relname: "any",
  schemaname: ["public"],
  inh: [true],
  relpersistence: ["p"],
  alias: "any",
} as const;

const SELECT_STMT = {
  op: "any",
  all: "any",
  larg: "any",
  rarg: "any",
  distinctClause: "any",
  targetList: "any",
  fromClause: "any",
  whereClause: "any",
  groupClause: "any",
  havingClause: "any",
  sortClause: "any",
  limitCount: "any",
  limitOffset: "any",
  limitOption: ["LIMIT_OPTION_DEFAULT", "LIMIT_OPTION_COUNT"],
  lockingClause: "any",
  valuesLists: "any",
} as const;

/**
 * What the compilers read of a statement's tree, kind by kind: `SyntaxNode` demands that a field is
 * named here before it is read. A statement with anything else is refused before one of its names
 * is looked up, for a name that only the unread part explains would be answered "does not exist". A
 * part that the tree holds without its kind goes by the name of its field.
 */
export const KNOWN_SYNTAX: Readonly<Record<string, Readonly<Record<string, KnownValues>>>> = {
  A_Const: { isnull: "any", ival: "any", fval: "any", sval: "any", boolval: "any" },
  A_Expr: { kind: "any", name: "any", lexpr: "any", rexpr: "any" },
  A_Star: {},
  BoolExpr: { boolop: "any", args: "any" },
  ColumnDef: { colname: "any", typeName: "any", is_local: [true], constraints: "any" },
  ColumnRef: { fields: "any" },
  Constraint: {
    contype: "any",
    conname: "any",
    is_enforced: [true],
    initially_valid: [true],
    generated_when: ["a"],
    raw_expr: "any",
    keys: "any",
    pktable: "any",
    pk_attrs: "any",
    fk_attrs: "any",
    fk_matchtype: ["s"],
    fk_upd_action: ["a"],
    fk_del_action: ["a"],
  },
  CreateStmt: {
    relation: "any",
    if_not_exists: "any",
    tableElts: "any",
    oncommit: ["ONCOMMIT_NOOP"],
  },
  DeleteStmt: {
    relation: "any",
    usingClause: "any",
    whereClause: "any",
    returningClause: "any",
  },
  FuncCall: {
    funcname: "any",
    args: "any",
    agg_star: "any",
    funcformat: ["COERCE_EXPLICIT_CALL"],
  },
  IndexElem: {
    name: "any",
    ordering: ["SORTBY_DEFAULT", "SORTBY_ASC"],
    nulls_ordering: ["SORTBY_NULLS_DEFAULT", "SORTBY_NULLS_LAST"],
  },
  IndexStmt: {
    relation: "any",
    idxname: "any",
    if_not_exists: "any",
    unique: "any",
    accessMethod: ["btree"],
    indexParams: "any",
    whereClause: "any",
  },
  InsertStmt: {
    relation: "any",
    override: ["OVERRIDING_NOT_SET"],
    cols: "any",
    selectStmt: "any",
    onConflictClause: "any",
    returningClause: "any",
  },
  Integer: { ival: "any" },
  JoinExpr: {
    jointype: "any",
    isNatural: "any",
    larg: "any",
    rarg: "any",
    usingClause: "any",
    quals: "any",
    alias: "any",
  },
  List: { items: "any" },
  LockingClause: { lockedRels: "any", strength: "any", waitPolicy: "any" },
  NullTest: { arg: "any", nulltesttype: "any", argisrow: [false] },
  ParamRef: { number: "any" },
  RangeSubselect: { lateral: "any", subquery: "any", alias: "any" },
  RangeVar: RANGE_VAR,
  ResTarget: { name: "any", val: "any" },
  SelectStmt: SELECT_STMT,
  SetToDefault: {},
  SortBy: { node: "any", sortby_dir: "any", sortby_nulls: "any" },
  String: { sval: "any" },
  SubLink: { subLinkType: "any", testexpr: "any", operName: "any", subselect: "any" },
  TypeCast: { arg: "any", typeName: "any" },
  UpdateStmt: {
    relation: "any",
    targetList: "any",
    fromClause: "any",
    whereClause: "any",
    returningClause: "any",
  },
  alias: { aliasname: "any", colnames: "any" },
  boolval: { boolval: "any" },
  distinctClause: {},
  fval: { fval: "any" },
  infer: { indexElems: "any", whereClause: "any", conname: "any" },
  ival: { ival: "any" },
  onConflictClause: {
    action: ["ONCONFLICT_NOTHING", "ONCONFLICT_UPDATE"],
    infer: "any",
    targetList: "any",
    whereClause: "any",
  },
  larg: SELECT_STMT,
  pktable: RANGE_VAR,
  rarg: SELECT_STMT,
  relation: RANGE_VAR,
  returningClause: { exprs: "any" },
  sval: { sval: "any" },
  typeName: { names: "any", typemod: [-1], arrayBounds: "any" },
};
