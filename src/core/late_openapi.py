"""FastAPI, with its models of an OpenAPI document built when one is first asked for.

Import this before anything of FastAPI: forty models that refer to each other are a twentieth of a start, and
`/openapi.json` alone needs them. Pydantic has the setting for that; FastAPI leaves it at its default.
"""

import importlib

from pydantic import BaseModel

BaseModel.model_config["defer_build"] = True
importlib.import_module("fastapi.openapi.models")
del BaseModel.model_config["defer_build"]
