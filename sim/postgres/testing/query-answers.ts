/**
 * Queries and changes in the order in which they are asked, with what PostgreSQL 15 answered: tag,
 * columns and rows, or the error. Rows without ORDER BY are sorted by their text.
 * `against-real.real.test.ts` asks a real server again.
 */
export const QUERY_ANSWERS: readonly (readonly [sql: string, answer: string])[] = [
  ["DROP TABLE IF EXISTS a", "DROP 0"],
  ["DROP TABLE IF EXISTS b", "DROP 0"],
  ["DROP TABLE IF EXISTS c", "DROP 0"],
  ["DROP TABLE IF EXISTS u", "DROP 0"],
  ["CREATE TABLE a (id integer PRIMARY KEY, n bigint, t text)", "CREATE 0"],
  ["CREATE TABLE b (id integer PRIMARY KEY, a_id integer, n bigint, t text)", "CREATE 0"],
  ["CREATE TABLE c (x integer, y integer)", "CREATE 0"],
  ["CREATE UNIQUE INDEX c_x ON c (x) WHERE y IS NULL", "CREATE 0"],
  [
    "INSERT INTO a VALUES (1, 10, 'one'), (2, 20, 'two'), (3, NULL, 'three'), (4, 10, NULL)",
    "INSERT 4",
  ],
  [
    "INSERT INTO b VALUES (1, 1, 100, 'x'), (2, 1, 200, 'y'), (3, 2, 300, 'x'), (4, 9, 400, NULL), (5, NULL, 500, 'z')",
    "INSERT 5",
  ],
  ["INSERT INTO c VALUES (1, 1), (2, NULL), (3, 3), (3, 4)", "INSERT 4"],
  [
    "SELECT * FROM a JOIN b ON a.id = b.a_id",
    'SELECT 3 (id,n,t,id,a_id,n,t) [1,"10","one",1,1,"100","x"] [1,"10","one",2,1,"200","y"] [2,"20","two",3,2,"300","x"]',
  ],
  [
    "SELECT * FROM a LEFT JOIN b ON a.id = b.a_id",
    'SELECT 5 (id,n,t,id,a_id,n,t) [1,"10","one",1,1,"100","x"] [1,"10","one",2,1,"200","y"] [2,"20","two",3,2,"300","x"] [3,null,"three",null,null,null,null] [4,"10",null,null,null,null,null]',
  ],
  [
    "SELECT * FROM a RIGHT JOIN b ON a.id = b.a_id",
    'SELECT 5 (id,n,t,id,a_id,n,t) [1,"10","one",1,1,"100","x"] [1,"10","one",2,1,"200","y"] [2,"20","two",3,2,"300","x"] [null,null,null,4,9,"400",null] [null,null,null,5,null,"500","z"]',
  ],
  [
    "SELECT * FROM a FULL JOIN b ON a.id = b.a_id",
    'SELECT 7 (id,n,t,id,a_id,n,t) [1,"10","one",1,1,"100","x"] [1,"10","one",2,1,"200","y"] [2,"20","two",3,2,"300","x"] [3,null,"three",null,null,null,null] [4,"10",null,null,null,null,null] [null,null,null,4,9,"400",null] [null,null,null,5,null,"500","z"]',
  ],
  [
    "SELECT * FROM a FULL JOIN b ON a.id = b.a_id WHERE a.id IS NULL OR b.n > 100",
    'SELECT 4 (id,n,t,id,a_id,n,t) [1,"10","one",2,1,"200","y"] [2,"20","two",3,2,"300","x"] [null,null,null,4,9,"400",null] [null,null,null,5,null,"500","z"]',
  ],
  [
    "SELECT * FROM a FULL JOIN b ON a.id < b.a_id",
    "0A000 FULL JOIN is only supported with merge-joinable or hash-joinable join conditions",
  ],
  [
    "SELECT * FROM a FULL JOIN b ON true",
    'SELECT 20 (id,n,t,id,a_id,n,t) [1,"10","one",1,1,"100","x"] [1,"10","one",2,1,"200","y"] [1,"10","one",3,2,"300","x"] [1,"10","one",4,9,"400",null] [1,"10","one",5,null,"500","z"] [2,"20","two",1,1,"100","x"] [2,"20","two",2,1,"200","y"] [2,"20","two",3,2,"300","x"] [2,"20","two",4,9,"400",null] [2,"20","two",5,null,"500","z"] [3,null,"three",1,1,"100","x"] [3,null,"three",2,1,"200","y"] [3,null,"three",3,2,"300","x"] [3,null,"three",4,9,"400",null] [3,null,"three",5,null,"500","z"] [4,"10",null,1,1,"100","x"] [4,"10",null,2,1,"200","y"] [4,"10",null,3,2,"300","x"] [4,"10",null,4,9,"400",null] [4,"10",null,5,null,"500","z"]',
  ],
  [
    "SELECT * FROM a CROSS JOIN c",
    'SELECT 16 (id,n,t,x,y) [1,"10","one",1,1] [1,"10","one",2,null] [1,"10","one",3,3] [1,"10","one",3,4] [2,"20","two",1,1] [2,"20","two",2,null] [2,"20","two",3,3] [2,"20","two",3,4] [3,null,"three",1,1] [3,null,"three",2,null] [3,null,"three",3,3] [3,null,"three",3,4] [4,"10",null,1,1] [4,"10",null,2,null] [4,"10",null,3,3] [4,"10",null,3,4]',
  ],
  [
    "SELECT * FROM a, c WHERE a.id = c.x",
    'SELECT 4 (id,n,t,x,y) [1,"10","one",1,1] [2,"20","two",2,null] [3,null,"three",3,3] [3,null,"three",3,4]',
  ],
  [
    "SELECT * FROM a JOIN b USING (id)",
    'SELECT 4 (id,n,t,a_id,n,t) [1,"10","one",1,"100","x"] [2,"20","two",1,"200","y"] [3,null,"three",2,"300","x"] [4,"10",null,9,"400",null]',
  ],
  [
    "SELECT * FROM a LEFT JOIN b USING (id)",
    'SELECT 4 (id,n,t,a_id,n,t) [1,"10","one",1,"100","x"] [2,"20","two",1,"200","y"] [3,null,"three",2,"300","x"] [4,"10",null,9,"400",null]',
  ],
  [
    "SELECT * FROM a RIGHT JOIN b USING (id)",
    'SELECT 5 (id,n,t,a_id,n,t) [1,"10","one",1,"100","x"] [2,"20","two",1,"200","y"] [3,null,"three",2,"300","x"] [4,"10",null,9,"400",null] [5,null,null,null,"500","z"]',
  ],
  [
    "SELECT * FROM a FULL JOIN b USING (id)",
    'SELECT 5 (id,n,t,a_id,n,t) [1,"10","one",1,"100","x"] [2,"20","two",1,"200","y"] [3,null,"three",2,"300","x"] [4,"10",null,9,"400",null] [5,null,null,null,"500","z"]',
  ],
  ["SELECT id FROM a FULL JOIN b USING (id) ORDER BY id DESC", "SELECT 5 (id) [5] [4] [3] [2] [1]"],
  [
    "SELECT a.id, b.id, id FROM a FULL JOIN b USING (id)",
    "SELECT 5 (id,id,id) [1,1,1] [2,2,2] [3,3,3] [4,4,4] [null,5,5]",
  ],
  ["SELECT * FROM a NATURAL JOIN b", "SELECT 0 (id,n,t,a_id)"],
  [
    "SELECT * FROM a NATURAL LEFT JOIN b",
    'SELECT 4 (id,n,t,a_id) [1,"10","one",null] [2,"20","two",null] [3,null,"three",null] [4,"10",null,null]',
  ],
  [
    "SELECT * FROM a JOIN b USING (zz)",
    '42703 column "zz" specified in USING clause does not exist in left table',
  ],
  [
    "SELECT * FROM a JOIN b USING (a_id)",
    '42703 column "a_id" specified in USING clause does not exist in left table',
  ],
  ["SELECT id FROM a JOIN b ON true", '42702 column reference "id" is ambiguous'],
  ["SELECT * FROM a JOIN a ON true", '42712 table name "a" specified more than once'],
  [
    "SELECT * FROM (a JOIN b USING (id)) AS j",
    'SELECT 4 (id,n,t,a_id,n,t) [1,"10","one",1,"100","x"] [2,"20","two",1,"200","y"] [3,null,"three",2,"300","x"] [4,"10",null,9,"400",null]',
  ],
  [
    "SELECT j.id, t FROM (a JOIN c ON a.id = c.x) AS j",
    'SELECT 4 (id,t) [1,"one"] [2,"two"] [3,"three"] [3,"three"]',
  ],
  [
    "SELECT a.id FROM (a JOIN c ON a.id = c.x) AS j",
    '42P01 invalid reference to FROM-clause entry for table "a"',
  ],
  [
    "SELECT * FROM a LEFT JOIN (b JOIN c ON b.id = c.x) ON a.id = b.a_id",
    'SELECT 6 (id,n,t,id,a_id,n,t,x,y) [1,"10","one",1,1,"100","x",1,1] [1,"10","one",2,1,"200","y",2,null] [2,"20","two",3,2,"300","x",3,3] [2,"20","two",3,2,"300","x",3,4] [3,null,"three",null,null,null,null,null,null] [4,"10",null,null,null,null,null,null,null]',
  ],
  [
    "SELECT * FROM a LEFT JOIN b ON a.id = b.a_id AND b.n > 150 LEFT JOIN c ON c.x = b.id",
    'SELECT 5 (id,n,t,id,a_id,n,t,x,y) [1,"10","one",2,1,"200","y",2,null] [2,"20","two",3,2,"300","x",3,3] [2,"20","two",3,2,"300","x",3,4] [3,null,"three",null,null,null,null,null,null] [4,"10",null,null,null,null,null,null,null]',
  ],
  [
    "SELECT * FROM a LEFT JOIN b ON a.id = b.a_id AND a.n > 15",
    'SELECT 4 (id,n,t,id,a_id,n,t) [1,"10","one",null,null,null,null] [2,"20","two",3,2,"300","x"] [3,null,"three",null,null,null,null] [4,"10",null,null,null,null,null]',
  ],
  [
    "SELECT * FROM a LEFT JOIN b ON a.id = b.a_id WHERE b.n IS NULL",
    'SELECT 2 (id,n,t,id,a_id,n,t) [3,null,"three",null,null,null,null] [4,"10",null,null,null,null,null]',
  ],
  [
    "SELECT * FROM a LEFT JOIN b ON false",
    'SELECT 4 (id,n,t,id,a_id,n,t) [1,"10","one",null,null,null,null] [2,"20","two",null,null,null,null] [3,null,"three",null,null,null,null] [4,"10",null,null,null,null,null]',
  ],
  [
    "SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.a_id = a.id)",
    'SELECT 2 (id,n,t) [1,"10","one"] [2,"20","two"]',
  ],
  [
    "SELECT * FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.a_id = a.id)",
    'SELECT 2 (id,n,t) [3,null,"three"] [4,"10",null]',
  ],
  [
    "SELECT * FROM a WHERE id IN (SELECT a_id FROM b)",
    'SELECT 2 (id,n,t) [1,"10","one"] [2,"20","two"]',
  ],
  ["SELECT * FROM a WHERE id NOT IN (SELECT a_id FROM b)", "SELECT 0 (id,n,t)"],
  [
    "SELECT * FROM a WHERE id NOT IN (SELECT a_id FROM b WHERE a_id IS NOT NULL)",
    'SELECT 2 (id,n,t) [3,null,"three"] [4,"10",null]',
  ],
  [
    "SELECT * FROM a WHERE n > ALL (SELECT n FROM b WHERE a_id = a.id)",
    'SELECT 2 (id,n,t) [3,null,"three"] [4,"10",null]',
  ],
  [
    "SELECT * FROM a WHERE n < ANY (SELECT n FROM b)",
    'SELECT 3 (id,n,t) [1,"10","one"] [2,"20","two"] [4,"10",null]',
  ],
  [
    "SELECT id, (SELECT max(n) FROM b WHERE b.a_id = a.id) FROM a",
    'SELECT 4 (id,max) [1,"200"] [2,"300"] [3,null] [4,null]',
  ],
  [
    "SELECT id, (SELECT n FROM b WHERE b.a_id = a.id) FROM a",
    "21000 more than one row returned by a subquery used as an expression",
  ],
  [
    "SELECT id, (SELECT n, t FROM b WHERE b.a_id = a.id) FROM a",
    "42601 subquery must return only one column",
  ],
  ["SELECT ARRAY(SELECT id FROM b ORDER BY id)", "SELECT 1 (array) [[1,2,3,4,5]]"],
  [
    "SELECT id, ARRAY(SELECT b.n FROM b WHERE b.a_id = a.id ORDER BY b.n DESC) AS ns FROM a ORDER BY id",
    'SELECT 4 (id,ns) [1,["200","100"]] [2,["300"]] [3,[]] [4,[]]',
  ],
  [
    "SELECT exists (SELECT 1 FROM a), EXISTS (SELECT 1 FROM a WHERE id = 77)",
    "SELECT 1 (exists,exists) [true,false]",
  ],
  [
    "SELECT s.id, s.m FROM (SELECT id, n AS m FROM a WHERE n IS NOT NULL) s WHERE s.m = 10",
    'SELECT 2 (id,m) [1,"10"] [4,"10"]',
  ],
  [
    "SELECT * FROM (SELECT id FROM a) s (q) JOIN b ON b.a_id = s.q",
    'SELECT 3 (q,id,a_id,n,t) [1,1,1,"100","x"] [1,2,1,"200","y"] [2,3,2,"300","x"]',
  ],
  ["SELECT * FROM (SELECT id FROM a)", "42601 subquery in FROM must have an alias"],
  ["SELECT * FROM (VALUES (1, 'x'), (2, NULL)) v", 'SELECT 2 (column1,column2) [1,"x"] [2,null]'],
  ["SELECT * FROM (VALUES (1, 'x'), (2, NULL)) AS v (p, q) WHERE p = 2", "SELECT 1 (p,q) [2,null]"],
  ["SELECT * FROM (VALUES (1), ('2')) AS v (p)", "SELECT 2 (p) [1] [2]"],
  ["SELECT * FROM (VALUES (1, 2), (3)) AS v", "42601 VALUES lists must all be the same length"],
  ["VALUES (1, 'a'), (2, 'b') ORDER BY 1 DESC", 'SELECT 2 (column1,column2) [2,"b"] [1,"a"]'],
  ["VALUES (1), (2) LIMIT 1 OFFSET 1", "SELECT 1 (column1) [2]"],
  [
    "SELECT a.id, s.n FROM a, LATERAL (SELECT b.n FROM b WHERE b.a_id = a.id) s",
    'SELECT 3 (id,n) [1,"100"] [1,"200"] [2,"300"]',
  ],
  [
    "SELECT a.id, s.n FROM a LEFT JOIN LATERAL (SELECT b.n FROM b WHERE b.a_id = a.id ORDER BY n DESC LIMIT 1) s ON true",
    'SELECT 4 (id,n) [1,"200"] [2,"300"] [3,null] [4,null]',
  ],
  [
    "SELECT a.id, s.n FROM a, (SELECT b.n FROM b WHERE b.a_id = a.id) s",
    '42P01 invalid reference to FROM-clause entry for table "a"',
  ],
  [
    "SELECT a.id FROM a RIGHT JOIN LATERAL (SELECT a.id) s ON true",
    '42P10 invalid reference to FROM-clause entry for table "a"',
  ],
  ["SELECT id FROM a UNION SELECT id FROM b ORDER BY id", "SELECT 5 (id) [1] [2] [3] [4] [5]"],
  [
    "SELECT id FROM a UNION ALL SELECT id FROM b ORDER BY 1 DESC LIMIT 3",
    "SELECT 3 (id) [5] [4] [4]",
  ],
  ["SELECT n FROM a INTERSECT SELECT 10", 'SELECT 1 (n) ["10"]'],
  ["SELECT n FROM a EXCEPT SELECT 10", 'SELECT 2 (n) ["20"] [null]'],
  ["SELECT n FROM a EXCEPT ALL SELECT 10", 'SELECT 3 (n) ["10"] ["20"] [null]'],
  ["SELECT n FROM a INTERSECT ALL SELECT n FROM a", 'SELECT 4 (n) ["10"] ["10"] ["20"] [null]'],
  [
    "SELECT id, t FROM a UNION SELECT 1",
    "42601 each UNION query must have the same number of columns",
  ],
  [
    "SELECT id FROM a UNION SELECT t FROM a",
    "42804 UNION types integer and text cannot be matched",
  ],
  ["SELECT id FROM a UNION SELECT '7'", "SELECT 5 (id) [1] [2] [3] [4] [7]"],
  [
    "SELECT id FROM a UNION SELECT NULL ORDER BY id NULLS FIRST",
    "SELECT 5 (id) [null] [1] [2] [3] [4]",
  ],
  [
    "SELECT id FROM a UNION SELECT n FROM b ORDER BY id + 1",
    "0A000 invalid UNION/INTERSECT/EXCEPT ORDER BY clause",
  ],
  ["SELECT id FROM a UNION SELECT n FROM b ORDER BY zz", '42703 column "zz" does not exist'],
  [
    "(SELECT id FROM a ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM b ORDER BY id DESC LIMIT 1)",
    "SELECT 2 (id) [1] [5]",
  ],
  ["SELECT DISTINCT n FROM a", 'SELECT 3 (n) ["10"] ["20"] [null]'],
  [
    "SELECT DISTINCT n, t FROM a ORDER BY n, t",
    'SELECT 4 (n,t) ["10","one"] ["10",null] ["20","two"] [null,"three"]',
  ],
  ["SELECT DISTINCT n FROM a ORDER BY n DESC NULLS LAST", 'SELECT 3 (n) ["20"] ["10"] [null]'],
  [
    "SELECT DISTINCT n FROM a ORDER BY id",
    "42P10 for SELECT DISTINCT, ORDER BY expressions must appear in select list",
  ],
  ["SELECT DISTINCT n + 1 FROM a ORDER BY n + 1", 'SELECT 3 (?column?) ["11"] ["21"] [null]'],
  ["SELECT n, count(*) FROM a GROUP BY n", 'SELECT 3 (n,count) ["10","2"] ["20","1"] [null,"1"]'],
  ["SELECT n, count(*) FROM a GROUP BY n HAVING count(*) > 1", 'SELECT 1 (n,count) ["10","2"]'],
  ["SELECT count(*) FROM a HAVING count(*) > 10", "SELECT 0 (count)"],
  ["SELECT count(*) FROM a HAVING count(*) > 1", 'SELECT 1 (count) ["4"]'],
  [
    "SELECT n FROM a HAVING count(*) > 1",
    '42803 column "a.n" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  ["SELECT n FROM a GROUP BY 1", 'SELECT 3 (n) ["10"] ["20"] [null]'],
  [
    "SELECT n AS m, count(*) FROM a GROUP BY m ORDER BY m",
    'SELECT 3 (m,count) ["10","2"] ["20","1"] [null,"1"]',
  ],
  [
    "SELECT n + 1, count(*) FROM a GROUP BY n + 1",
    'SELECT 3 (?column?,count) ["11","2"] ["21","1"] [null,"1"]',
  ],
  ["SELECT n + 1 + 2 FROM a GROUP BY n + 1", 'SELECT 3 (?column?) ["13"] ["23"] [null]'],
  [
    "SELECT n + 2 FROM a GROUP BY n + 1",
    '42803 column "a.n" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  [
    "SELECT id, t, n FROM a GROUP BY id",
    'SELECT 4 (id,t,n) [1,"one","10"] [2,"two","20"] [3,"three",null] [4,null,"10"]',
  ],
  [
    "SELECT a.id, a.t, count(b.id) FROM a LEFT JOIN b ON b.a_id = a.id GROUP BY a.id ORDER BY a.id",
    'SELECT 4 (id,t,count) [1,"one","2"] [2,"two","1"] [3,"three","0"] [4,null,"0"]',
  ],
  [
    "SELECT b.t, a.t FROM a JOIN b ON true GROUP BY b.t",
    '42803 column "a.t" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  [
    "SELECT t FROM b GROUP BY t ORDER BY n",
    '42803 column "b.n" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  ["SELECT max(n) FROM b WHERE max(n) > 1", "42803 aggregate functions are not allowed in WHERE"],
  ["SELECT id FROM b GROUP BY count(*)", "42803 aggregate functions are not allowed in GROUP BY"],
  ["SELECT sum(count(*)) FROM b", "42803 aggregate function calls cannot be nested"],
  [
    "SELECT (SELECT a.n) FROM a GROUP BY a.t",
    '42803 subquery uses ungrouped column "a.n" from outer query',
  ],
  ["SELECT (SELECT a.n) FROM a GROUP BY a.n", 'SELECT 3 (n) ["10"] ["20"] [null]'],
  ["SELECT n FROM a GROUP BY 5", "42P10 GROUP BY position 5 is not in select list"],
  ["SELECT n FROM a ORDER BY 5", "42P10 ORDER BY position 5 is not in select list"],
  ["SELECT n FROM a ORDER BY 'x'", "42601 non-integer constant in ORDER BY"],
  [
    "SELECT id AS n, n AS id FROM a ORDER BY n",
    'SELECT 4 (n,id) [1,"10"] [2,"20"] [3,null] [4,"10"]',
  ],
  ["SELECT id AS q, n AS q FROM a ORDER BY q", '42702 ORDER BY "q" is ambiguous'],
  ["SELECT n FROM a LIMIT NULL", 'SELECT 4 (n) ["10"] ["10"] ["20"] [null]'],
  ["SELECT n FROM a LIMIT -1", "2201W LIMIT must not be negative"],
  ["SELECT n FROM a LIMIT n", "42P10 argument of LIMIT must not contain variables"],
  ["SELECT n FROM a LIMIT 'x'", '22P02 invalid input syntax for type bigint: "x"'],
  ["SELECT id FROM a ORDER BY id LIMIT 1 + 1 OFFSET 1", "SELECT 2 (id) [2] [3]"],
  ["SELECT id FROM a ORDER BY id FETCH FIRST 2 ROWS ONLY", "SELECT 2 (id) [1] [2]"],
  ["SELECT id FROM a ORDER BY id OFFSET 1 ROWS FETCH NEXT ROW ONLY", "SELECT 1 (id) [2]"],
  ["SELECT id FROM a ORDER BY id LIMIT (SELECT 2)", "SELECT 2 (id) [1] [2]"],
  [
    "SELECT a.* FROM a ORDER BY a.n NULLS FIRST, a.id DESC",
    'SELECT 4 (id,n,t) [3,null,"three"] [4,"10",null] [1,"10","one"] [2,"20","two"]',
  ],
  ["SELECT * FROM zz", '42P01 relation "zz" does not exist'],
  ["SELECT a.zz FROM a", "42703 column a.zz does not exist"],
  ["SELECT zz.id FROM a", '42P01 missing FROM-clause entry for table "zz"'],
  ["SELECT zz FROM a", '42703 column "zz" does not exist'],
  ["SELECT *", "42601 SELECT * with no tables specified is not valid"],
  ["SELECT zz.* FROM a", '42P01 missing FROM-clause entry for table "zz"'],
  [
    "SELECT count(*), count(n), sum(n), min(t), max(id) FROM a",
    'SELECT 1 (count,count,sum,min,max) ["4","3","40","one",4]',
  ],
  ["SELECT count(*) FROM a WHERE false", 'SELECT 1 (count) ["0"]'],
  ["SELECT n, count(*) FROM a WHERE false GROUP BY n", "SELECT 0 (n,count)"],
  ["INSERT INTO c SELECT id, n FROM a WHERE id < 3", "INSERT 2"],
  [
    "INSERT INTO c SELECT id, n + 0 FROM a WHERE id < 3 RETURNING x + y AS s",
    "INSERT 2 (s) [11] [22]",
  ],
  ["INSERT INTO c (y) SELECT 7", "INSERT 1"],
  ["INSERT INTO c (y) SELECT 7, 8", "42601 INSERT has more expressions than target columns"],
  ["INSERT INTO c (y, x) SELECT 7", "42601 INSERT has more target columns than expressions"],
  ["INSERT INTO c SELECT 1, 2, 3", "42601 INSERT has more expressions than target columns"],
  ["INSERT INTO c SELECT 'q', 2", '22P02 invalid input syntax for type integer: "q"'],
  ["INSERT INTO c SELECT '5', NULL RETURNING *", "INSERT 1 (x,y) [5,null]"],
  [
    "INSERT INTO c SELECT t, id FROM a",
    '42804 column "x" is of type integer but expression is of type text',
  ],
  ["INSERT INTO c VALUES (8, 8), (9, 9) ORDER BY 1 LIMIT 1 RETURNING x", "INSERT 1 (x) [8]"],
  [
    "UPDATE a SET n = b.n FROM b WHERE b.a_id = a.id AND b.id = 3 RETURNING a.id, a.n, b.t",
    'UPDATE 1 (id,n,t) [2,"300","x"]',
  ],
  [
    "UPDATE a SET n = n + 1 FROM b WHERE b.a_id = a.id AND a.id = 1",
    '42702 column reference "n" is ambiguous',
  ],
  [
    "UPDATE a SET t = 'q' FROM b, c WHERE b.a_id = a.id AND c.x = b.id RETURNING *",
    'UPDATE 2 (id,n,t,id,a_id,n,t,x,y) [1,"10","q",1,1,"100","x",1,1] [2,"300","q",3,2,"300","x",3,3]',
  ],
  ["UPDATE a x SET t = a.t FROM a WHERE x.id = a.id + 1", "UPDATE 3"],
  ["UPDATE a SET t = s.t FROM (SELECT id, t FROM b) s WHERE s.id = a.id", "UPDATE 4"],
  ["UPDATE a SET n = (SELECT sum(n) FROM b WHERE b.a_id = a.id)", "UPDATE 4"],
  ["UPDATE a SET zz = 1", '42703 column "zz" of relation "a" does not exist'],
  ["UPDATE a SET n = 1, n = 2", '42601 multiple assignments to same column "n"'],
  [
    "DELETE FROM b USING a WHERE a.id = b.a_id AND a.id = 2 RETURNING b.id, a.t",
    'DELETE 1 (id,t) [3,"y"]',
  ],
  ["DELETE FROM c WHERE x IN (SELECT id FROM a WHERE n IS NULL)", "DELETE 2"],
  ["SELECT * FROM a", 'SELECT 4 (id,n,t) [1,"300","x"] [2,"300","y"] [3,null,"x"] [4,null,null]'],
  [
    "SELECT * FROM c",
    "SELECT 9 (x,y) [1,10] [1,10] [1,1] [2,20] [2,20] [2,null] [5,null] [8,8] [null,7]",
  ],
  [
    "INSERT INTO a VALUES (1, 5, 'dup') ON CONFLICT (id) DO UPDATE SET n = excluded.n + a.n, t = excluded.t RETURNING *",
    'INSERT 1 (id,n,t) [1,"305","dup"]',
  ],
  [
    "INSERT INTO a VALUES (1, 5, 'dup') ON CONFLICT (id) DO UPDATE SET n = excluded.n WHERE a.n < 0 RETURNING *",
    "INSERT 0 (id,n,t)",
  ],
  [
    "INSERT INTO a VALUES (1, 5, 'dup'), (1, 6, 'dup2') ON CONFLICT (id) DO UPDATE SET n = excluded.n",
    "21000 ON CONFLICT DO UPDATE command cannot affect row a second time",
  ],
  [
    "INSERT INTO a VALUES (71, 5, 'dup'), (71, 6, 'dup2') ON CONFLICT (id) DO UPDATE SET n = excluded.n",
    "21000 ON CONFLICT DO UPDATE command cannot affect row a second time",
  ],
  [
    "INSERT INTO a VALUES (1, 5, 'dup') ON CONFLICT DO UPDATE SET n = 1",
    "42601 ON CONFLICT DO UPDATE requires inference specification or constraint name",
  ],
  [
    "INSERT INTO a VALUES (1, 5, 'dup') ON CONFLICT (n) DO UPDATE SET n = 1",
    "42P10 there is no unique or exclusion constraint matching the ON CONFLICT specification",
  ],
  [
    "INSERT INTO a VALUES (1, 5, 'dup') ON CONFLICT ON CONSTRAINT a_pkey DO UPDATE SET n = 77 RETURNING n",
    'INSERT 1 (n) ["77"]',
  ],
  [
    "INSERT INTO a VALUES (1, 5, 'dup') ON CONFLICT (id) DO UPDATE SET n = n + 1",
    '42702 column reference "n" is ambiguous',
  ],
  [
    "INSERT INTO a VALUES (1, 5, 'dup') ON CONFLICT (id) DO UPDATE SET n = a.n + 1 RETURNING excluded.n",
    '42P01 invalid reference to FROM-clause entry for table "excluded"',
  ],
  [
    "INSERT INTO a AS q VALUES (1, 5, 'dup') ON CONFLICT (id) DO UPDATE SET n = q.n + 1 RETURNING q.n",
    'INSERT 1 (n) ["78"]',
  ],
  [
    "INSERT INTO a AS q VALUES (1, 5, 'dup') ON CONFLICT (id) DO UPDATE SET n = a.n + 1 RETURNING q.n",
    '42P01 invalid reference to FROM-clause entry for table "a"',
  ],
  [
    "INSERT INTO a SELECT id + 1, id, 'sel' FROM a ON CONFLICT (id) DO UPDATE SET t = excluded.t RETURNING id",
    "INSERT 4 (id) [2] [3] [4] [5]",
  ],
  ["INSERT INTO c VALUES (2, NULL) ON CONFLICT (x) WHERE y IS NULL DO NOTHING", "INSERT 0"],
  [
    "INSERT INTO c VALUES (2, NULL) ON CONFLICT (x) DO NOTHING",
    "42P10 there is no unique or exclusion constraint matching the ON CONFLICT specification",
  ],
  [
    "INSERT INTO c VALUES (2, NULL) ON CONFLICT (x) WHERE y IS NULL DO UPDATE SET y = 5 RETURNING *",
    "INSERT 1 (x,y) [2,5]",
  ],
  [
    "INSERT INTO a VALUES (1, 1, 'z') ON CONFLICT (id) DO UPDATE SET n = DEFAULT, t = DEFAULT RETURNING *",
    "INSERT 1 (id,n,t) [1,null,null]",
  ],
  [
    "SELECT * FROM a FOR UPDATE",
    'SELECT 5 (id,n,t) [1,null,null] [2,"300","sel"] [3,null,"sel"] [4,null,"sel"] [5,"4","sel"]',
  ],
  ["SELECT count(*) FROM a FOR UPDATE", "0A000 FOR UPDATE is not allowed with aggregate functions"],
  ["SELECT DISTINCT n FROM a FOR UPDATE", "0A000 FOR UPDATE is not allowed with DISTINCT clause"],
  ["SELECT n FROM a GROUP BY n FOR SHARE", "0A000 FOR SHARE is not allowed with GROUP BY clause"],
  [
    "SELECT id FROM a UNION SELECT id FROM b FOR UPDATE",
    "0A000 FOR UPDATE is not allowed with UNION/INTERSECT/EXCEPT",
  ],
  [
    "SELECT a.id FROM a JOIN b ON a.id = b.a_id ORDER BY b.id FOR UPDATE OF a SKIP LOCKED",
    "SELECT 2 (id) [1] [1]",
  ],
  [
    "SELECT a.id FROM a JOIN b ON a.id = b.a_id FOR UPDATE OF zz",
    '42P01 relation "zz" in FOR UPDATE clause not found in FROM clause',
  ],
  [
    "SELECT a.id FROM a LEFT JOIN b ON a.id = b.a_id FOR UPDATE",
    "0A000 FOR UPDATE cannot be applied to the nullable side of an outer join",
  ],
  [
    "SELECT a.id FROM a LEFT JOIN b ON a.id = b.a_id FOR UPDATE OF a",
    "SELECT 6 (id) [1] [1] [2] [3] [4] [5]",
  ],
  ["SELECT x.id FROM (SELECT id FROM a) x FOR UPDATE", "SELECT 5 (id) [1] [2] [3] [4] [5]"],
  ["SELECT 1 FOR UPDATE", "SELECT 1 (?column?) [1]"],
  ["DROP TABLE IF EXISTS a", "DROP 0"],
  ["DROP TABLE IF EXISTS b", "DROP 0"],
  ["DROP TABLE IF EXISTS c", "DROP 0"],
  ["DROP TABLE IF EXISTS u", "DROP 0"],
  ["CREATE TABLE a (id integer PRIMARY KEY, n bigint, t text)", "CREATE 0"],
  ["CREATE TABLE b (id integer PRIMARY KEY, a_id integer, n bigint, t text)", "CREATE 0"],
  [
    "INSERT INTO a VALUES (1, 10, 'one'), (2, 20, 'two'), (3, NULL, 'three'), (4, 10, NULL)",
    "INSERT 4",
  ],
  [
    "INSERT INTO b VALUES (1, 1, 100, 'x'), (2, 1, 200, 'y'), (3, 2, 300, 'x'), (4, 9, 400, NULL), (5, NULL, 500, 'z')",
    "INSERT 5",
  ],
  [
    "WITH x AS (SELECT id, n FROM a WHERE n = 10) SELECT * FROM x ORDER BY id",
    'SELECT 2 (id,n) [1,"10"] [4,"10"]',
  ],
  [
    "WITH x AS (SELECT id, n FROM a WHERE n = 10) SELECT x.id, y.id FROM x, x y ORDER BY 1, 2",
    "SELECT 4 (id,id) [1,1] [1,4] [4,1] [4,4]",
  ],
  [
    "WITH x (q) AS (SELECT id, n FROM a), y AS (SELECT q + 1 AS r FROM x) SELECT * FROM y JOIN x ON x.q = y.r ORDER BY r",
    'SELECT 3 (r,q,n) [2,2,"20"] [3,3,null] [4,4,"10"]',
  ],
  [
    "WITH x AS MATERIALIZED (SELECT 1 AS one) SELECT one FROM x UNION ALL SELECT one + 1 FROM x ORDER BY 1",
    "SELECT 2 (one) [1] [2]",
  ],
  ["WITH x AS (SELECT 'lit' AS l) SELECT l FROM x", 'SELECT 1 (l) ["lit"]'],
  [
    "WITH x AS (SELECT 1), x AS (SELECT 2) SELECT * FROM x",
    '42712 WITH query name "x" specified more than once',
  ],
  [
    "WITH x (a, b) AS (SELECT 1) SELECT * FROM x",
    '42P10 WITH query "x" has 1 columns available but 2 columns specified',
  ],
  ["WITH x AS (SELECT 1 AS a) SELECT b FROM x", '42703 column "b" does not exist'],
  [
    "SELECT (WITH x AS (SELECT a.n AS m) SELECT m FROM x) FROM a ORDER BY id",
    'SELECT 4 (m) ["10"] ["20"] [null] ["10"]',
  ],
  [
    "SELECT id, (WITH x AS (SELECT b.n FROM b WHERE b.a_id = a.id) SELECT count(*) FROM x, x y) FROM a ORDER BY id",
    'SELECT 4 (id,count) [1,"4"] [2,"1"] [3,"0"] [4,"0"]',
  ],
  [
    "WITH d AS (DELETE FROM b WHERE id = 5 RETURNING id, t) SELECT * FROM d",
    'SELECT 1 (id,t) [5,"z"]',
  ],
  [
    "WITH d AS (DELETE FROM b WHERE id = 4 RETURNING id, t), i AS (INSERT INTO a SELECT 40, id, t FROM d RETURNING *) SELECT i.id, d.id FROM i, d",
    "SELECT 1 (id,id) [40,4]",
  ],
  [
    "WITH u AS (UPDATE a SET n = n + 1 RETURNING id, n) SELECT a.id, a.n, u.n FROM a JOIN u ON a.id = u.id ORDER BY 1",
    'SELECT 5 (id,n,n) [1,"10","11"] [2,"20","21"] [3,null,null] [4,"10","11"] [40,"4","5"]',
  ],
  ["WITH u AS (UPDATE a SET n = n + 1) SELECT count(*) FROM a", 'SELECT 1 (count) ["5"]'],
  [
    "WITH u AS (UPDATE a SET n = n + 1) SELECT * FROM u",
    '0A000 WITH query "u" does not have a RETURNING clause',
  ],
  [
    "WITH u AS (UPDATE a SET n = n + 1 WHERE id = 1 RETURNING id) UPDATE a SET n = n + 100 WHERE id IN (SELECT id FROM u)",
    "UPDATE 0",
  ],
  [
    "SELECT id, n FROM a ORDER BY id",
    'SELECT 5 (id,n) [1,"13"] [2,"22"] [3,null] [4,"12"] [40,"6"]',
  ],
  [
    "WITH picked AS (SELECT id FROM b ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE b SET t = 'claimed' FROM picked WHERE b.id = picked.id RETURNING b.id, b.t",
    'UPDATE 1 (id,t) [1,"claimed"]',
  ],
  [
    "WITH picked AS (SELECT id FROM b ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) DELETE FROM b USING picked WHERE b.id = picked.id RETURNING b.id, b.t",
    'DELETE 1 (id,t) [1,"claimed"]',
  ],
  [
    "WITH src AS (SELECT 1 AS id, 5 AS n) INSERT INTO a (id, n) SELECT id, n FROM src ON CONFLICT (id) DO UPDATE SET n = excluded.n RETURNING *",
    'INSERT 1 (id,n,t) [1,"5","one"]',
  ],
  [
    "SELECT * FROM (WITH d AS (DELETE FROM b RETURNING id) SELECT id FROM d) s",
    "0A000 WITH clause containing a data-modifying statement must be at the top level",
  ],
  ["INSERT INTO a WITH q AS (SELECT 70 AS id) SELECT id FROM q RETURNING id", "INSERT 1 (id) [70]"],
  [
    "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r ORDER BY n",
    "SELECT 5 (n) [1] [2] [3] [4] [5]",
  ],
  [
    "WITH RECURSIVE r (n) AS (VALUES (1) UNION SELECT n % 3 + 1 FROM r) SELECT n FROM r ORDER BY n",
    "SELECT 3 (n) [1] [2] [3]",
  ],
  [
    "WITH RECURSIVE r AS (SELECT id, a_id, 0 AS depth FROM b WHERE id = 3 UNION ALL SELECT b.id, b.a_id, r.depth + 1 FROM b JOIN r ON b.id = r.a_id WHERE r.depth < 4) SELECT * FROM r ORDER BY depth",
    "SELECT 2 (id,a_id,depth) [3,2,0] [2,1,1]",
  ],
  [
    "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < (SELECT max(id) FROM a WHERE id < 10)) SELECT sum(n) FROM r",
    'SELECT 1 (sum) ["10"]',
  ],
  [
    "WITH RECURSIVE r (n) AS (SELECT n FROM r) SELECT * FROM r",
    '42P19 recursive query "r" does not have the form non-recursive-term UNION [ALL] recursive-term',
  ],
  [
    "WITH RECURSIVE r (n) AS (SELECT 1 EXCEPT SELECT n FROM r) SELECT * FROM r",
    '42P19 recursive query "r" does not have the form non-recursive-term UNION [ALL] recursive-term',
  ],
  [
    "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1::bigint FROM r WHERE n < 5) SELECT * FROM r",
    '42804 recursive query "r" column 1 has type integer in non-recursive term but type bigint overall',
  ],
  [
    "WITH RECURSIVE x AS (SELECT 1 AS a), r (n) AS (SELECT a FROM x UNION ALL SELECT n + 1 FROM r, x WHERE n < 3) SELECT * FROM r, x ORDER BY n",
    "SELECT 3 (n,a) [1,1] [2,1] [3,1]",
  ],
  [
    "SELECT id, (WITH RECURSIVE r (n) AS (SELECT a.id UNION ALL SELECT n + 1 FROM r WHERE n < a.id + 2) SELECT sum(n) FROM r) FROM a ORDER BY id",
    'SELECT 6 (id,sum) [1,"6"] [2,"9"] [3,"12"] [4,"15"] [40,"123"] [70,"213"]',
  ],
  [
    "WITH x AS (SELECT id FROM a) SELECT * FROM x FOR UPDATE",
    "SELECT 6 (id) [1] [2] [3] [40] [4] [70]",
  ],
  [
    "WITH x AS (SELECT id FROM a) SELECT * FROM x FOR UPDATE OF x",
    "0A000 FOR UPDATE cannot be applied to a WITH query",
  ],
  [
    "WITH x AS (SELECT id FROM a WHERE id < 3 FOR UPDATE) SELECT count(*) FROM x",
    'SELECT 1 (count) ["2"]',
  ],
  ["WITH a AS (SELECT 99 AS id) SELECT id FROM a", "SELECT 1 (id) [99]"],
  ["WITH a AS (SELECT 99 AS id) SELECT id FROM public.a ORDER BY id LIMIT 1", "SELECT 1 (id) [1]"],
  ["DROP TABLE IF EXISTS a", "DROP 0"],
  ["DROP TABLE IF EXISTS b", "DROP 0"],
  ["DROP TABLE IF EXISTS c", "DROP 0"],
  ["DROP TABLE IF EXISTS u", "DROP 0"],
  ["CREATE TABLE a (id integer PRIMARY KEY, n bigint, t text)", "CREATE 0"],
  ["CREATE TABLE b (id integer PRIMARY KEY, a_id integer, n bigint, t text)", "CREATE 0"],
  [
    "INSERT INTO a VALUES (1, 10, 'one'), (2, 20, 'two'), (3, NULL, 'three'), (4, 10, NULL)",
    "INSERT 4",
  ],
  [
    "INSERT INTO b VALUES (1, 1, 100, 'x'), (2, 1, 200, 'y'), (3, 2, 300, 'x'), (4, 9, 400, NULL), (5, NULL, 500, 'z')",
    "INSERT 5",
  ],
  [
    "SELECT DISTINCT ON (t) t, n FROM b ORDER BY t, n DESC",
    'SELECT 4 (t,n) ["x","300"] ["y","200"] ["z","500"] [null,"400"]',
  ],
  [
    "SELECT DISTINCT ON (t) id, n FROM b ORDER BY t DESC, n",
    'SELECT 4 (id,n) [4,"400"] [5,"500"] [2,"200"] [1,"100"]',
  ],
  [
    "SELECT DISTINCT ON (a_id, t) id FROM b ORDER BY t, a_id, n",
    "SELECT 5 (id) [1] [3] [2] [5] [4]",
  ],
  [
    "SELECT DISTINCT ON (a_id, t) id FROM b ORDER BY t, n, a_id",
    "42P10 SELECT DISTINCT ON expressions must match initial ORDER BY expressions",
  ],
  [
    "SELECT DISTINCT ON (t) id FROM b ORDER BY n",
    "42P10 SELECT DISTINCT ON expressions must match initial ORDER BY expressions",
  ],
  ["SELECT DISTINCT ON (1) n FROM a ORDER BY n", 'SELECT 3 (n) ["10"] ["20"] [null]'],
  ["SELECT DISTINCT ON (n + 1) n FROM a ORDER BY n + 1", 'SELECT 3 (n) ["10"] ["20"] [null]'],
  [
    "SELECT DISTINCT ON (q) n AS q, id FROM a ORDER BY q, id",
    'SELECT 3 (q,id) ["10",1] ["20",2] [null,3]',
  ],
  ["SELECT DISTINCT ON (id) id FROM a ORDER BY id LIMIT 2", "SELECT 2 (id) [1] [2]"],
  [
    "SELECT DISTINCT ON (t) count(*) FROM b GROUP BY t ORDER BY t",
    'SELECT 4 (count) ["2"] ["1"] ["1"] ["1"]',
  ],
  [
    "SELECT DISTINCT ON (t) t FROM b FOR UPDATE",
    "0A000 FOR UPDATE is not allowed with DISTINCT clause",
  ],
  ["UPDATE a SET (n, t) = (n + 1, 'q') WHERE id = 1 RETURNING *", 'UPDATE 1 (id,n,t) [1,"11","q"]'],
  [
    "UPDATE a SET (n, t) = (SELECT b.n FROM b)",
    "42601 number of columns does not match number of values",
  ],
  ["UPDATE a SET (n, t) = (1, 2, 3)", "42601 number of columns does not match number of values"],
  [
    "UPDATE a SET (n, t) = (SELECT n, t FROM b)",
    "21000 more than one row returned by a subquery used as an expression",
  ],
  [
    "UPDATE a SET (n, t) = (DEFAULT, 'd') WHERE id = 4 RETURNING *",
    'UPDATE 1 (id,n,t) [4,null,"d"]',
  ],
  [
    "INSERT INTO a VALUES (1, 2, 'x') ON CONFLICT (id) DO UPDATE SET (n, t) = (excluded.n, excluded.t) RETURNING *",
    'INSERT 1 (id,n,t) [1,"2","x"]',
  ],
  [
    "INSERT INTO a VALUES (1, 2, 'x') ON CONFLICT (id) DO UPDATE SET (n, t) = ROW(excluded.n + 1, excluded.t) RETURNING *",
    'INSERT 1 (id,n,t) [1,"3","x"]',
  ],
  [
    "SELECT id FROM b WHERE n IN (SELECT id * 100 FROM a) ORDER BY id",
    "SELECT 4 (id) [1] [2] [3] [4]",
  ],
  [
    "SELECT id FROM b WHERE t IN (SELECT t FROM b WHERE id < 3) ORDER BY id",
    "SELECT 3 (id) [1] [2] [3]",
  ],
  ["SELECT id FROM b WHERE t NOT IN (SELECT t FROM b WHERE id > 3) ORDER BY id", "SELECT 0 (id)"],
  [
    "SELECT id FROM b WHERE t NOT IN (SELECT t FROM b WHERE id > 300) ORDER BY id",
    "SELECT 5 (id) [1] [2] [3] [4] [5]",
  ],
  ["SELECT id FROM b WHERE NULL IN (SELECT t FROM b WHERE id > 300) ORDER BY id", "SELECT 0 (id)"],
  [
    "SELECT id, a_id IN (SELECT id FROM a) AS i FROM b ORDER BY id",
    "SELECT 5 (id,i) [1,true] [2,true] [3,true] [4,false] [5,null]",
  ],
  [
    "SELECT id, a_id = ANY (SELECT id FROM a) AS i, a_id <> ALL (SELECT id FROM a) AS j FROM b ORDER BY id",
    "SELECT 5 (id,i,j) [1,true,false] [2,true,false] [3,true,false] [4,false,true] [5,null,null]",
  ],
  ["DROP TABLE IF EXISTS a", "DROP 0"],
  ["DROP TABLE IF EXISTS b", "DROP 0"],
  ["DROP TABLE IF EXISTS c", "DROP 0"],
  ["DROP TABLE IF EXISTS u", "DROP 0"],
  ["CREATE TABLE a (id integer PRIMARY KEY, n bigint, t text)", "CREATE 0"],
  ["CREATE TABLE b (id integer PRIMARY KEY, a_id integer, n bigint, t text)", "CREATE 0"],
  [
    "INSERT INTO a VALUES (1, 10, 'one'), (2, 20, 'two'), (3, NULL, 'three'), (4, 10, NULL)",
    "INSERT 4",
  ],
  [
    "INSERT INTO b VALUES (1, 1, 100, 'x'), (2, 1, 200, 'y'), (3, 2, 300, 'x'), (4, 9, 400, NULL), (5, NULL, 500, 'z'), (6, 1, 200, 'x')",
    "INSERT 6",
  ],
  [
    "SELECT id, row_number() OVER (ORDER BY id DESC) FROM a ORDER BY id",
    'SELECT 4 (id,row_number) [1,"4"] [2,"3"] [3,"2"] [4,"1"]',
  ],
  [
    "SELECT id, rank() OVER (ORDER BY n), dense_rank() OVER (ORDER BY n), percent_rank() OVER (ORDER BY n), cume_dist() OVER (ORDER BY n) FROM a ORDER BY id",
    'SELECT 4 (id,rank,dense_rank,percent_rank,cume_dist) [1,"1","1",0,0.5] [2,"3","2",0.6666666666666666,0.75] [3,"4","3",1,1] [4,"1","1",0,0.5]',
  ],
  [
    "SELECT id, sum(n) OVER (PARTITION BY a_id ORDER BY id), sum(n) OVER (PARTITION BY t), count(*) OVER () FROM b ORDER BY id",
    'SELECT 6 (id,sum,sum,count) [1,"100","600","6"] [2,"300","200","6"] [3,"300","600","6"] [4,"400","400","6"] [5,"500","500","6"] [6,"500","600","6"]',
  ],
  [
    "SELECT id, sum(n) OVER w, avg(n) OVER w, first_value(id) OVER w, last_value(id) OVER w FROM b WINDOW w AS (PARTITION BY t ORDER BY n) ORDER BY id",
    'SELECT 6 (id,sum,avg,first_value,last_value) [1,"100","100.0000000000000000",1,1] [2,"200","200.0000000000000000",2,2] [3,"600","200.0000000000000000",1,3] [4,"400","400.0000000000000000",4,4] [5,"500","500.0000000000000000",5,5] [6,"300","150.0000000000000000",1,6]',
  ],
  [
    "SELECT id, sum(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM b ORDER BY id",
    'SELECT 6 (id,sum) [1,"300"] [2,"600"] [3,"900"] [4,"1200"] [5,"1100"] [6,"700"]',
  ],
  [
    "SELECT id, sum(n) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM b ORDER BY id",
    'SELECT 6 (id,sum) [1,"1700"] [2,"1600"] [3,"1400"] [4,"1100"] [5,"700"] [6,"200"]',
  ],
  [
    "SELECT id, sum(n) OVER (ORDER BY t GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM b ORDER BY id",
    'SELECT 6 (id,sum) [1,"600"] [2,"800"] [3,"600"] [4,"900"] [5,"700"] [6,"600"]',
  ],
  [
    "SELECT id, array_agg(id) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM b ORDER BY id",
    "SELECT 6 (id,array_agg) [1,null] [2,[1]] [3,[1,2]] [4,[2,3]] [5,[3,4]] [6,[4,5]]",
  ],
  [
    "SELECT id, lag(n) OVER (ORDER BY id), lead(n, 2) OVER (ORDER BY id), lag(n, 1, 0) OVER (ORDER BY id) FROM b ORDER BY id",
    'SELECT 6 (id,lag,lead,lag) [1,null,"300","0"] [2,"100","400","100"] [3,"200","500","200"] [4,"300","200","300"] [5,"400",null,"400"] [6,"500",null,"500"]',
  ],
  [
    "SELECT id, ntile(4) OVER (ORDER BY id), nth_value(n, 2) OVER (ORDER BY id) FROM b ORDER BY id",
    'SELECT 6 (id,ntile,nth_value) [1,1,null] [2,1,"200"] [3,2,"200"] [4,2,"200"] [5,3,"200"] [6,4,"200"]',
  ],
  [
    "SELECT ntile(0) OVER (ORDER BY id) FROM b",
    "22014 argument of ntile must be greater than zero",
  ],
  [
    "SELECT t, count(*), sum(count(*)) OVER (ORDER BY count(*), t) FROM b GROUP BY t ORDER BY t",
    'SELECT 4 (t,count,sum) ["x","3","6"] ["y","1","1"] ["z","1","2"] [null,"1","3"]',
  ],
  [
    "SELECT t, rank() OVER (ORDER BY sum(n) DESC) FROM b GROUP BY t ORDER BY t",
    'SELECT 4 (t,rank) ["x","1"] ["y","4"] ["z","2"] [null,"3"]',
  ],
  [
    "SELECT n, rank() OVER (ORDER BY id) FROM b GROUP BY n",
    '42803 column "b.id" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  [
    "SELECT row_number() OVER () FROM a WHERE row_number() OVER () > 1",
    "42P20 window functions are not allowed in WHERE",
  ],
  ["SELECT row_number() FROM a", "42809 window function row_number requires an OVER clause"],
  [
    "SELECT sum(row_number() OVER ()) FROM a",
    "42803 aggregate function calls cannot contain window function calls",
  ],
  ["SELECT sum(sum(n) OVER ()) OVER () FROM a", "42P20 window function calls cannot be nested"],
  [
    "SELECT lower(t) OVER () FROM a",
    "42809 OVER specified, but lower is not a window function nor an aggregate function",
  ],
  [
    "SELECT count(DISTINCT n) OVER () FROM a",
    "0A000 DISTINCT is not implemented for window functions",
  ],
  ["SELECT rank() OVER w FROM a", '42704 window "w" does not exist'],
  [
    "SELECT rank() OVER (w ORDER BY n) FROM a WINDOW w AS (PARTITION BY t)",
    'SELECT 4 (rank) ["1"] ["1"] ["1"] ["1"]',
  ],
  [
    "SELECT id, rank() OVER (w ORDER BY n) FROM b WINDOW w AS (PARTITION BY t) ORDER BY id",
    'SELECT 6 (id,rank) [1,"1"] [2,"1"] [3,"3"] [4,"1"] [5,"1"] [6,"2"]',
  ],
  [
    "SELECT rank() OVER (w PARTITION BY n) FROM a WINDOW w AS (PARTITION BY t)",
    '42P20 cannot override PARTITION BY clause of window "w"',
  ],
  [
    "SELECT id, row_number() OVER (ORDER BY id) AS r FROM a ORDER BY r DESC LIMIT 2",
    'SELECT 2 (id,r) [4,"4"] [3,"3"]',
  ],
  [
    "SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY t ORDER BY n DESC) AS r FROM b) s WHERE r = 1 ORDER BY id",
    'SELECT 4 (id,r) [2,"1"] [3,"1"] [4,"1"] [5,"1"]',
  ],
  [
    "SELECT DISTINCT count(*) OVER (PARTITION BY t) FROM b ORDER BY 1",
    'SELECT 2 (count) ["1"] ["3"]',
  ],
  [
    "SELECT id, count(*) FILTER (WHERE n > 150) OVER (ORDER BY id) FROM b ORDER BY id",
    'SELECT 6 (id,count) [1,"0"] [2,"1"] [3,"2"] [4,"3"] [5,"4"] [6,"5"]',
  ],
  [
    "SELECT id FROM a ORDER BY row_number() OVER (ORDER BY id DESC)",
    "SELECT 4 (id) [4] [3] [2] [1]",
  ],
  [
    "SELECT row_number() OVER (ORDER BY id) FROM a FOR UPDATE",
    "0A000 FOR UPDATE is not allowed with window functions",
  ],
  ["SELECT max(n) FROM b WHERE max(n) > 1", "42803 aggregate functions are not allowed in WHERE"],
  ["SELECT id FROM b GROUP BY count(*)", "42803 aggregate functions are not allowed in GROUP BY"],
  ["SELECT sum(count(*)) FROM b", "42803 aggregate function calls cannot be nested"],
  [
    "SELECT * FROM a JOIN b ON count(*) > 1",
    "42803 aggregate functions are not allowed in JOIN conditions",
  ],
  ["UPDATE a SET n = count(*)", "42803 aggregate functions are not allowed in UPDATE"],
  ["UPDATE a SET n = 1 WHERE count(*) > 1", "42803 aggregate functions are not allowed in WHERE"],
  ["DELETE FROM a RETURNING count(*)", "42803 aggregate functions are not allowed in RETURNING"],
  ["VALUES (count(*))", "42803 aggregate functions are not allowed in VALUES"],
  ["SELECT id FROM a LIMIT count(*)", "42803 aggregate functions are not allowed in LIMIT"],
  [
    "SELECT id FROM a WHERE generate_series(1, 2) = 1",
    "0A000 set-returning functions are not allowed in WHERE",
  ],
  ["SELECT * FROM generate_series(1, 3)", "SELECT 3 (generate_series) [1] [2] [3]"],
  ["SELECT * FROM generate_series(1, 3) AS g", "SELECT 3 (g) [1] [2] [3]"],
  ["SELECT * FROM generate_series(1, 10, 4) AS g (v) ORDER BY v", "SELECT 3 (v) [1] [5] [9]"],
  [
    "SELECT * FROM generate_series(3, 1, -1) WITH ORDINALITY AS g (v, o) ORDER BY o",
    'SELECT 3 (v,o) [3,"1"] [2,"2"] [1,"3"]',
  ],
  ["SELECT * FROM generate_series(1, 3, 0)", "22023 step size cannot equal zero"],
  ["SELECT * FROM generate_series(1, NULL)", "SELECT 0 (generate_series)"],
  [
    "SELECT * FROM generate_series(2147483646, 2147483647)",
    "SELECT 2 (generate_series) [2147483646] [2147483647]",
  ],
  ["SELECT * FROM generate_series(1::bigint, 3)", 'SELECT 3 (generate_series) ["1"] ["2"] ["3"]'],
  [
    "SELECT * FROM generate_series(1.5, 3.2, 0.5) AS g ORDER BY g",
    'SELECT 4 (g) ["1.5"] ["2.0"] ["2.5"] ["3.0"]',
  ],
  [
    "SELECT * FROM generate_series('2024-01-01'::timestamp, '2024-01-03', '1 day') AS g ORDER BY g",
    'SELECT 3 (g) ["2024-01-01T00:00:00.000Z"] ["2024-01-02T00:00:00.000Z"] ["2024-01-03T00:00:00.000Z"]',
  ],
  [
    "SELECT a.id, g FROM a, generate_series(1, a.id) AS g ORDER BY 1, 2",
    "SELECT 10 (id,g) [1,1] [2,1] [2,2] [3,1] [3,2] [3,3] [4,1] [4,2] [4,3] [4,4]",
  ],
  [
    "SELECT a.id, g FROM a LEFT JOIN generate_series(3, a.id) AS g ON true ORDER BY 1, 2",
    "SELECT 5 (id,g) [1,null] [2,null] [3,3] [4,3] [4,4]",
  ],
  ["SELECT * FROM unnest(ARRAY[3, 1, 2]) AS u", "SELECT 3 (u) [1] [2] [3]"],
  [
    "SELECT * FROM unnest(ARRAY['a', 'b'], ARRAY[1, 2, 3]) AS u (s, n) ORDER BY n",
    'SELECT 3 (s,n) ["a",1] ["b",2] [null,3]',
  ],
  [
    "SELECT * FROM unnest('{1,2}'::bigint[], '{x}'::text[])",
    'SELECT 2 (unnest,unnest) ["1","x"] ["2",null]',
  ],
  [
    "SELECT * FROM unnest('{{1,2},{3,4}}'::int[]) WITH ORDINALITY ORDER BY ordinality",
    'SELECT 4 (unnest,ordinality) [1,"1"] [2,"2"] [3,"3"] [4,"4"]',
  ],
  [
    "SELECT u.ordinality, u.x FROM unnest(ARRAY['p', 'q']) WITH ORDINALITY AS u (x) ORDER BY 1",
    'SELECT 2 (ordinality,x) ["1","p"] ["2","q"]',
  ],
  [
    "SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(5, 7)) AS r (a, b) ORDER BY b",
    "SELECT 3 (a,b) [1,5] [2,6] [null,7]",
  ],
  ["SELECT * FROM lower('ABC') AS l", 'SELECT 1 (l) ["abc"]'],
  ["SELECT * FROM abs(-3)", "SELECT 1 (abs) [3]"],
  ["SELECT generate_series(1, 3)", "SELECT 3 (generate_series) [1] [2] [3]"],
  ["SELECT generate_series(1, 3) AS g ORDER BY g DESC", "SELECT 3 (g) [3] [2] [1]"],
  [
    "SELECT id, generate_series(1, id) FROM a WHERE id < 3 ORDER BY 1, 2",
    "SELECT 3 (id,generate_series) [1,1] [2,1] [2,2]",
  ],
  [
    "SELECT generate_series(1, 2), generate_series(1, 3) ORDER BY 2",
    "SELECT 3 (generate_series,generate_series) [1,1] [2,2] [null,3]",
  ],
  ["SELECT generate_series(1, 2) + 10 AS x ORDER BY x", "SELECT 2 (x) [11] [12]"],
  ["SELECT DISTINCT unnest(ARRAY[1, 2, 2]) AS u ORDER BY u", "SELECT 2 (u) [1] [2]"],
  [
    "INSERT INTO a SELECT 100 + g, g, 'g' || g FROM generate_series(1, 3) g RETURNING id",
    "INSERT 3 (id) [101] [102] [103]",
  ],
  [
    "INSERT INTO a (id, n) SELECT * FROM unnest('{201,202}'::int[], '{1,2}'::bigint[]) ON CONFLICT DO NOTHING RETURNING id",
    "INSERT 2 (id) [201] [202]",
  ],
  [
    "UPDATE a SET n = u.n FROM unnest('{1,2}'::int[], '{77,78}'::bigint[]) AS u (id, n) WHERE a.id = u.id RETURNING a.id, a.n",
    'UPDATE 2 (id,n) [1,"77"] [2,"78"]',
  ],
  [
    "SELECT a.id FROM a, generate_series(1, 2) g FOR UPDATE OF g",
    "0A000 FOR UPDATE cannot be applied to a function",
  ],
  [
    "SELECT a.id FROM a, generate_series(1, 1) g WHERE a.id < 3 ORDER BY 1 FOR UPDATE",
    "SELECT 2 (id) [1] [2]",
  ],
  ["SELECT count(*) FROM generate_series(1, 1000)", 'SELECT 1 (count) ["1000"]'],
  [
    "SELECT sum(g) FROM generate_series(1, 10) g WHERE g IN (SELECT id FROM a)",
    'SELECT 1 (sum) ["10"]',
  ],
  [
    "SELECT count(*) FILTER (WHERE n > 10), string_agg(t, ',' ORDER BY t DESC), array_agg(DISTINCT n ORDER BY n) FROM a WHERE id < 100",
    'SELECT 1 (count,string_agg,array_agg) ["2","two,three,one",["10","77","78",null]]',
  ],
  ["SELECT * FROM (VALUES (1), (2)) v (x) WHERE (x, x) > (1, 1)", "SELECT 1 (x) [2]"],
  [
    "SELECT id, CASE WHEN n > 10 THEN 'big' ELSE 'small' END, coalesce(t, '-') FROM a WHERE id < 10 ORDER BY id",
    'SELECT 4 (id,case,coalesce) [1,"big","one"] [2,"big","two"] [3,"small","three"] [4,"small","-"]',
  ],
  ["SELECT id FROM a WHERE t LIKE 't%' ORDER BY id", "SELECT 2 (id) [2] [3]"],
  [
    "SELECT (SELECT count(*) FROM b WHERE b.a_id = a.id) AS c, id FROM a WHERE id < 10 ORDER BY c DESC, id",
    'SELECT 4 (c,id) ["3",1] ["1",2] ["0",3] ["0",4]',
  ],
  [
    "SELECT sum(n) AS s FROM b GROUP BY a_id HAVING sum(n) > 250 ORDER BY s",
    'SELECT 4 (s) ["300"] ["400"] ["500"] ["500"]',
  ],
  [
    "SELECT id, EXISTS (SELECT 1 FROM b WHERE b.a_id = a.id AND b.n > 250) FROM a WHERE id < 10 ORDER BY id",
    "SELECT 4 (id,exists) [1,false] [2,true] [3,false] [4,false]",
  ],
  ["DROP TABLE IF EXISTS a", "DROP 0"],
  ["DROP TABLE IF EXISTS b", "DROP 0"],
  ["DROP TABLE IF EXISTS c", "DROP 0"],
  ["DROP TABLE IF EXISTS u", "DROP 0"],
  ["CREATE TABLE a (id integer PRIMARY KEY, n bigint, t text)", "CREATE 0"],
  ["CREATE TABLE b (id integer PRIMARY KEY, a_id integer, n bigint, t text)", "CREATE 0"],
  [
    "INSERT INTO a VALUES (1, 10, 'one'), (2, 20, 'two'), (3, NULL, 'three'), (4, 10, NULL)",
    "INSERT 4",
  ],
  [
    "INSERT INTO b VALUES (1, 1, 100, 'x'), (2, 1, 200, 'y'), (3, 2, 300, 'x'), (4, 9, 400, NULL), (5, NULL, 500, 'z')",
    "INSERT 5",
  ],
  ["SELECT id FROM a WHERE (id, n) IN (SELECT a_id, 10 FROM b) ORDER BY id", "SELECT 1 (id) [1]"],
  [
    "SELECT id FROM a WHERE (id, n) NOT IN (SELECT a_id, 10 FROM b WHERE a_id IS NOT NULL) ORDER BY id",
    "SELECT 3 (id) [2] [3] [4]",
  ],
  ["SELECT id FROM a WHERE (id, n) IN (SELECT a_id FROM b)", "42601 subquery has too few columns"],
  ["SELECT id FROM a WHERE (id, n) IN (SELECT 1, 2, 3)", "42601 subquery has too many columns"],
  ["SELECT id FROM a WHERE (id, t) = ANY (SELECT 1, 'one') ORDER BY id", "SELECT 1 (id) [1]"],
  [
    "SELECT id FROM a WHERE (id, n) > ALL (SELECT 1, 5) ORDER BY id",
    "SELECT 4 (id) [1] [2] [3] [4]",
  ],
  [
    "SELECT id FROM a WHERE (id, n) < ANY (SELECT b.a_id, b.n FROM b WHERE b.a_id = a.id) ORDER BY id",
    "SELECT 2 (id) [1] [2]",
  ],
  [
    "SELECT id FROM a WHERE n IN (SELECT n FROM b WHERE b.a_id = a.id) OR id = 4 ORDER BY id",
    "SELECT 1 (id) [4]",
  ],
  ["SELECT id FROM a WHERE id IN (VALUES (1), (3)) ORDER BY id", "SELECT 2 (id) [1] [3]"],
  ["SELECT id FROM a WHERE (id, n) > (1, 5) ORDER BY id, n LIMIT 2", "SELECT 2 (id) [1] [2]"],
  ["DROP TABLE IF EXISTS a", "DROP 0"],
  ["DROP TABLE IF EXISTS b", "DROP 0"],
  ["DROP TABLE IF EXISTS c", "DROP 0"],
  ["DROP TABLE IF EXISTS u", "DROP 0"],
  ["CREATE TABLE a (id integer PRIMARY KEY, n bigint, t text)", "CREATE 0"],
  [
    "INSERT INTO a VALUES (1, 10, 'one'), (2, 20, 'two'), (3, NULL, 'three'), (4, 10, NULL)",
    "INSERT 4",
  ],
  [
    "SELECT (SELECT a.n), count(*) FROM a GROUP BY 1",
    'SELECT 3 (n,count) ["10","2"] ["20","1"] [null,"1"]',
  ],
  [
    "SELECT (SELECT a.n + b.id FROM a b WHERE b.id = 1) AS q, count(*) FROM a GROUP BY q ORDER BY q",
    'SELECT 3 (q,count) ["11","2"] ["21","1"] [null,"1"]',
  ],
  [
    "SELECT (SELECT a.n), count(*) FROM a GROUP BY a.t",
    '42803 subquery uses ungrouped column "a.n" from outer query',
  ],
  [
    "SELECT count(*), EXISTS (SELECT 1 FROM a b WHERE b.id = a.id) FROM a GROUP BY a.id ORDER BY 1",
    'SELECT 4 (count,exists) ["1",true] ["1",true] ["1",true] ["1",true]',
  ],
  [
    "SELECT count(*) FROM a WHERE EXISTS (SELECT 1 FROM a b WHERE b.id = a.id + 1)",
    'SELECT 1 (count) ["3"]',
  ],
  ["SELECT sum((SELECT max(b.id) FROM a b WHERE b.n = a.n)) FROM a", 'SELECT 1 (sum) ["10"]'],
  [
    "SELECT t FROM a GROUP BY t HAVING EXISTS (SELECT 1 FROM a b WHERE b.n = a.n)",
    '42803 subquery uses ungrouped column "a.n" from outer query',
  ],
  [
    "SELECT s.x FROM (SELECT a.n + 1 AS x FROM a) s GROUP BY s.x ORDER BY 1",
    'SELECT 3 (x) ["11"] ["21"] [null]',
  ],
  [
    "SELECT s.y FROM (SELECT a.n + 1 AS x, a.t AS y FROM a) s GROUP BY s.x ORDER BY 1",
    '42803 column "s.y" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  [
    "SELECT s.x + 1 FROM (SELECT a.n + 1 AS x, a.t AS y FROM a) s GROUP BY s.y ORDER BY 1",
    '42803 column "s.x" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  ["CREATE TABLE u (k text, v text, n integer)", "CREATE 0"],
  ["CREATE UNIQUE INDEX u_k ON u (lower(k))", "CREATE 0"],
  ["CREATE UNIQUE INDEX u_kv ON u (v, (n + 1))", "CREATE 0"],
  ["INSERT INTO u VALUES ('Foo', 'a', 1), ('bar', 'b', 2)", "INSERT 2"],
  [
    "INSERT INTO u VALUES ('FOO', 'x', 9) ON CONFLICT (lower(k)) DO UPDATE SET v = excluded.v, n = u.n + 1 RETURNING *",
    'INSERT 1 (k,v,n) ["Foo","x",2]',
  ],
  [
    "INSERT INTO u VALUES ('FOO', 'x', 9) ON CONFLICT (upper(k)) DO UPDATE SET v = excluded.v",
    "42P10 there is no unique or exclusion constraint matching the ON CONFLICT specification",
  ],
  [
    "INSERT INTO u VALUES ('zip', 'b', 2) ON CONFLICT ((n + 1), v) DO NOTHING RETURNING *",
    "INSERT 0 (k,v,n)",
  ],
  [
    "INSERT INTO u VALUES ('zip', 'b', 2) ON CONFLICT (v) DO NOTHING",
    "42P10 there is no unique or exclusion constraint matching the ON CONFLICT specification",
  ],
  [
    "INSERT INTO u VALUES ('zip', 'b', 2) ON CONFLICT (zz) DO NOTHING",
    '42703 column "zz" does not exist',
  ],
  ["INSERT INTO u VALUES ('bar', 'q', 7) ON CONFLICT DO NOTHING RETURNING *", "INSERT 0 (k,v,n)"],
  ["SELECT * FROM u ORDER BY k", 'SELECT 2 (k,v,n) ["Foo","x",2] ["bar","b",2]'],
];
