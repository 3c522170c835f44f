"""Where résumés are kept: SQLite by default, PostgreSQL when DATABASE_URL says so."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, String, TypeDecorator, create_engine, select
from sqlalchemy.engine import URL, Dialect, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import NullPool

CONNECT_SECONDS = 5


class Moment(TypeDecorator[datetime]):
    """A time in UTC. SQLite keeps no time zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    """All tables."""


class StoredResume(Base):
    """One uploaded résumé and what was found in it."""

    __tablename__ = "resumes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=lambda: uuid.uuid4().hex)
    filename: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(Moment, default=lambda: datetime.now(UTC))
    found: Mapped[dict[str, Any]] = mapped_column(JSON)


def database_url(environment: Mapping[str, str]) -> URL:
    """The database to use.

    DATABASE_URL as hosting companies write it (postgres://, postgresql://) becomes a URL of the driver we install.
    Without it a SQLite file: in the working directory, but in the temporary directory on Vercel, where everything
    else is read-only. What lies there is lost when the instance goes.
    """
    written = environment.get("DATABASE_URL", "").strip()
    if not written:
        folder = tempfile.gettempdir() if environment.get("VERCEL") else os.getcwd()
        return URL.create("sqlite", database=os.path.join(folder, "resumate.db"))
    url = make_url(written)
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    return url


class Storage:
    """The database. Tables are made when it is first used, since a serverless instance has no moment before that."""

    def __init__(self, url: URL) -> None:
        options: dict[str, Any] = {"connect_args": {"timeout": CONNECT_SECONDS}}
        if url.get_backend_name() == "postgresql":
            # An instance may be frozen between requests: a pooled connection would be dead by then.
            options = {"connect_args": {"connect_timeout": CONNECT_SECONDS}, "poolclass": NullPool}
        self.engine: Engine = create_engine(url, **options)
        self._made = False

    def session(self) -> Session:
        """A session on a database that has the tables. Raises SQLAlchemyError when it is gone."""
        if not self._made:
            Base.metadata.create_all(self.engine)
            self._made = True
        return Session(self.engine, expire_on_commit=False)

    def connected(self) -> bool:
        """Whether a query on the table is answered now."""
        try:
            with self.session() as session:
                session.execute(select(StoredResume.id).limit(1)).all()
        except SQLAlchemyError:
            self._made = False
            return False
        return True

    def add(self, filename: str, found: dict[str, Any]) -> StoredResume:
        """Keep one résumé."""
        with self.session() as session:
            row = StoredResume(filename=filename[:255], found=found)
            session.add(row)
            session.commit()
            return row

    def get(self, key: str) -> StoredResume | None:
        """One résumé by its id."""
        with self.session() as session:
            return session.get(StoredResume, key)

    def newest(self, count: int) -> list[StoredResume]:
        """The last ones, newest first."""
        with self.session() as session:
            query = select(StoredResume).order_by(StoredResume.created_at.desc()).limit(count)
            return list(session.scalars(query))
