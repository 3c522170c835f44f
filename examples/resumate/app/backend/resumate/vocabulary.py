"""The words that the parser knows: headings, skills, and words that are no names."""

from __future__ import annotations

import re

HEADINGS = {
    word: section
    for section, words in {
        "summary": "summary|profile|professional summary|about me|about|objective|career objective|personal statement",
        "experience": "experience|work experience|professional experience|employment|employment history|work history"
        "|career history",
        "education": "education|academic background|education and training|education & training|qualifications",
        "skills": "skills|technical skills|key skills|core competencies|skills & tools|skills and tools|technologies",
        "projects": "projects|personal projects|selected projects|open source",
        "certifications": "certifications|certificates|licenses and certifications|licenses & certifications",
        "languages": "languages",
        "publications": "publications|selected publications",
        "awards": "awards|honours|honors|awards and honours|awards & honors",
        "interests": "interests|hobbies|hobbies and interests",
        "references": "references",
    }.items()
    for word in words.split("|")
}

NOT_NAMES = {
    *("curriculum", "vitae", "resume", "résumé", "cv", "engineer", "developer", "manager", "analyst", "designer"),
    *("consultant", "scientist", "architect", "director", "senior", "junior", "lead", "software", "data", "contact"),
    *("address", "phone", "email", "street", "road", "avenue", "personal", "details", "information", "page"),
}


def _pattern(spelling: str, flags: int) -> re.Pattern[str]:
    # \b does not work beside + # and a leading dot.
    return re.compile(rf"(?<![\w+#.]){spelling}(?![\w+#]|\.\w)", flags)


_PLAIN = (
    "Python|Java|JavaScript|TypeScript|Kotlin|Scala|Ruby|PHP|Perl|Haskell|Elixir|Clojure|Fortran|COBOL|MATLAB|Julia|SQL|"
    "HTML|CSS|Bash|PowerShell|Django|Flask|FastAPI|SQLAlchemy|Pandas|NumPy|SciPy|PyTorch|TensorFlow|Keras|Spark|Hadoop|"
    "Airflow|Kafka|RabbitMQ|Redis|PostgreSQL|MySQL|SQLite|MongoDB|Cassandra|Elasticsearch|Snowflake|BigQuery|Tableau|"
    "Power BI|Excel|Docker|Kubernetes|Terraform|Ansible|Jenkins|Git|GitHub Actions|GitLab CI|Linux|AWS|Azure|GCP|Nginx|"
    "React|Angular|Svelte|jQuery|Redux|GraphQL|gRPC|OpenAPI|Photoshop|Figma|Jira|Scrum|Kanban|Salesforce|SAP|LaTeX|"
    "OpenCV|CUDA|OpenGL|Unity|Selenium|Playwright|pytest|JUnit|Prometheus|Grafana|Datadog|Android|iOS|Flutter|Machine "
    "Learning|Deep Learning|Natural Language Processing|Computer Vision|Data Analysis|Project Management"
)
_SPELLINGS = {
    "C++": r"C\+\+",
    "C#": r"C#",
    ".NET": r"\.NET",
    "Node.js": r"node(?:\.?js)",
    "Vue.js": r"vue(?:\.?js)?",
    "Next.js": r"next\.?js",
    "scikit-learn": r"(?:scikit-learn|sklearn)",
    "PostgreSQL": r"postgres(?:ql)?",
    "Kubernetes": r"(?:kubernetes|k8s)",
}
SKILLS = {
    **{word: _pattern(re.escape(word), re.IGNORECASE) for word in _PLAIN.split("|")},
    **{word: _pattern(spelling, re.IGNORECASE) for word, spelling in _SPELLINGS.items()},
}
AMBIGUOUS = {word: _pattern(word, 0) for word in ("Go", "R", "C", "Swift", "Rust", "Dart", "Spring", "Express", "Make")}
