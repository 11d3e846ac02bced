"""The demo's way: each buyer is one transaction that locks the item's row. What the shop is measured against."""

import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, HTTPException


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=10, max_size=20)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


@app.get("/items/{item_id}")
async def status(item_id: str):
    row = await app.state.pool.fetchrow("SELECT id, quantity FROM plain_items WHERE id = $1", item_id)
    if row is None:
        raise HTTPException(404, "Item not found")
    return dict(row)


@app.post("/items/{item_id}/purchase")
async def purchase(item_id: str):
    async with app.state.pool.acquire() as connection, connection.transaction():
        quantity = await connection.fetchval("SELECT quantity FROM plain_items WHERE id = $1 FOR UPDATE", item_id)
        if quantity is None:
            raise HTTPException(404, "Item not found")
        if quantity <= 0:
            raise HTTPException(409, "Sold out")
        await connection.execute("UPDATE plain_items SET quantity = quantity - 1 WHERE id = $1", item_id)
        await connection.execute(
            "INSERT INTO plain_orders (item_id, placed_at) VALUES ($1, clock_timestamp())", item_id
        )
    return {"id": item_id, "quantity": quantity - 1}
