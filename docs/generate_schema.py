"""Print rubrics/rubric.schema.json: what editors complete and check the rubrics by."""

from __future__ import annotations

import json

from answerbot.domain.rubric import rubric_schema

if __name__ == "__main__":
    print(json.dumps(rubric_schema(), ensure_ascii=False, indent=2))
