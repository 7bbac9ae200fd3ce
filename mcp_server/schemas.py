"""What tools answer beside the schemas of the services."""

from pydantic import BaseModel

from src.tasks.schemas import TagRead, TaskRead


class TaskResult(BaseModel):
    """One task."""

    task: TaskRead


class TagList(BaseModel):
    """Tags in use."""

    tags: list[TagRead]
