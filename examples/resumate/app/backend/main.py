from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy", "database": "connected", "version": "1.0.0", "environment": "production"}
