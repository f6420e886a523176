"""The PostgreSQL that tests start: empty databases, an end by crash, and passwords."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from civicbus.demo.postgres import PostgresCluster


def test_each_test_has_an_empty_database(database: str) -> None:
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert found.fetchone() == (0,)


@pytest.mark.postgres
def test_what_was_committed_outlives_a_crash() -> None:
    with PostgresCluster(fsync=True) as cluster:
        with psycopg.connect(cluster.conninfo) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1")
        cluster.kill()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(cluster.conninfo)
        cluster.start()
        with psycopg.connect(cluster.conninfo) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            assert connection.execute("TABLE kept").fetchone() == (1,)
            connection.execute("ALTER ROLE postgres PASSWORD 'right'")
        psycopg.connect(cluster.network_conninfo, password="right").close()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(make_conninfo(cluster.network_conninfo, password="wrong"))
