"""The table of users' settings."""

from datetime import datetime

from sqlalchemy import Column, DateTime, Text
from sqlmodel import Field, SQLModel

from src.core.tables import metadata


class UserSettings(SQLModel, table=True):
    """How a user reads clocks and calendars."""

    __tablename__ = "user_settings"
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    timezone: str | None = Field(default=None, sa_column=Column(Text))
    week_start: str = Field(default="mon", sa_column=Column(Text, nullable=False, server_default="mon"))
    date_order: str = Field(default="mdy", sa_column=Column(Text, nullable=False, server_default="mdy"))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
